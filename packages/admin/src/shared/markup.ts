type Tag =
  | 'a'
  | 'button'
  | 'div'
  | 'form'
  | 'h1'
  | 'header'
  | 'input'
  | 'label'
  | 'main'
  | 'p'
  | 'span'
  | 'strong';

/** By name. What is false or undefined is left out. */
export type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** What an element is to be. A browser makes one of it (`elementOf`), and the build the HTML that the server sends. */
export interface Markup {
  readonly tag: Tag;
  readonly attributes: Attributes;
  readonly children: readonly (Markup | string)[];
}

/** Says what an element is to be. A text among the children is never markup. */
export const markup = (
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Markup | string)[]
): Markup => ({ tag, attributes, children });

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '"': '&quot;' };
const escaped = (text: string) => text.replace(/[&<"]/g, (sign) => ENTITIES[sign] ?? sign);

/** Writes it as HTML, with what is in it. */
export function htmlOf(part: Markup | string): string {
  if (typeof part === 'string') return escaped(part);
  const { tag, attributes, children } = part;
  const written = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : [` ${name}="${value === true ? '' : escaped(value)}"`],
  );
  const opening = `<${tag}${written.join('')}>`;
  return tag === 'input' ? opening : `${opening}${children.map(htmlOf).join('')}</${tag}>`;
}
