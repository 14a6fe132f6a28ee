import type { Markup } from '../timeline/markup.js';

/** What an element may be given: attributes, and listeners by the name of what they listen to. */
export type Attributes = Readonly<
  Record<string, string | number | boolean | undefined | ((event: Event) => void)>
>;
export type Child = Node | string | number | undefined | false;

/** Makes an element. Styles come from the style sheet alone: the page's policy allows no other. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  decorate(element, attributes);
  append(element, children);
  return element;
}

/** Puts these children in place of those that an element has. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren();
  append(element, children);
}

function decorate(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child !== undefined && child !== false) {
      element.append(typeof child === 'number' ? String(child) : child);
    }
  }
}

/** Grows an element of a picture from its markup. */
export function grow({ name, attributes, children }: Markup): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  decorate(element, attributes);
  append(
    element,
    children.map((child) => (typeof child === 'string' ? child : grow(child))),
  );
  return element;
}
