/** Makes an element. Styles come from the style sheet alone: the page's policy allows no other. */
export function h(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    decorate(element, attributes);
    append(element, children);
    return element;
}
/** Puts these children in place of those that an element has. */
export function fill(element, ...children) {
    element.replaceChildren();
    append(element, children);
}
function decorate(element, attributes) {
    for (const [name, value] of Object.entries(attributes)) {
        if (typeof value === 'function')
            element.addEventListener(name, value);
        else if (value === true)
            element.setAttribute(name, '');
        else if (value !== false && value !== undefined)
            element.setAttribute(name, String(value));
    }
}
function append(element, children) {
    for (const child of children) {
        if (child !== undefined && child !== false) {
            element.append(typeof child === 'number' ? String(child) : child);
        }
    }
}
/** Grows an element of a picture from its markup. */
export function grow({ name, attributes, children }) {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    decorate(element, attributes);
    append(element, children.map((child) => (typeof child === 'string' ? child : grow(child))));
    return element;
}
