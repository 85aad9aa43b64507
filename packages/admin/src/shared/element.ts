import type { Attributes, Markup } from './markup.ts';

/** Makes an element. What is false or undefined among the attributes is left out; a text among the children is never markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : value);
  made.append(...children);
  return made;
}

/** Makes what was only described, with what is in it. */
export function elementOf({ tag, attributes, children }: Markup): HTMLElement {
  const parts = children.map((child) => (typeof child === 'string' ? child : elementOf(child)));
  return element(tag, attributes, ...parts);
}
