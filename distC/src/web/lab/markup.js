/** Makes one. Attributes and children that are `undefined` are left out. */
export function markup(name, attributes = {}, ...children) {
    const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
    return {
        name,
        attributes: Object.fromEntries(given),
        children: children.filter((child) => child !== undefined),
    };
}
/** The element as text, as it may stand in a file. */
export function printMarkup({ name, attributes, children }) {
    const printed = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
    const inner = children.map((child) => typeof child === 'string' ? escaped(child) : printMarkup(child));
    return `<${name}${printed.join('')}>${inner.join('')}</${name}>`;
}
const escapes = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
};
/** Text as it may stand in HTML and in SVG, in attributes too. */
export const escaped = (value) => String(value).replace(/[&<>"]/g, (character) => escapes[character] ?? '');
