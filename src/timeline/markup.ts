/** An element that belongs to no document: it can be printed, or created in a browser. */
export interface Markup {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (Markup | string)[];
}

/** The approximate width of a character of a label, in pixels. */
export const CHARACTER_PX = 6.3;

/** The same of a bold one. */
export const BOLD_CHARACTER_PX = 7;

/** Coordinates need no more digits. */
export const round = (value: number): number => Math.round(value * 100) / 100;

/** Makes an element. Attributes and children that are `undefined` are left out. */
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

/** Prints the element as text for a file. */
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

/** Escapes text for HTML and SVG, including attribute values. */
export const escaped = (value: string | number): string =>
  String(value).replace(/[&<>"]/g, (character) => escapes[character] ?? '');
