/** An element that is not yet of any document: it can be printed, or grown in a browser. */
export interface Markup {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (Markup | string)[];
}

/** Makes one. Attributes and children that are `undefined` are left out. */
export function markup(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>> = {},
  ...children: readonly (Markup | string | undefined)[]
): Markup {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return {
    name,
    attributes: Object.fromEntries(given) as Markup['attributes'],
    children: children.filter((child) => child !== undefined),
  };
}

/** The element as text, as it may stand in a file. */
export function printMarkup({ name, attributes, children }: Markup): string {
  const printed = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  const inner = children.map((child) =>
    typeof child === 'string' ? escaped(child) : printMarkup(child),
  );
  return `<${name}${printed.join('')}>${inner.join('')}</${name}>`;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Text as it may stand in HTML and in SVG, in attributes too. */
export const escaped = (value: string | number): string =>
  String(value).replace(/[&<>"]/g, (character) => escapes[character] ?? '');
