import { type Markup, markup } from '../markup.ts';

/** What a page of plain elements looks like. It is known without a browser, so that the build can write it as HTML. */
export interface PlainLook {
  /** of the document */
  readonly title: string;
  readonly content: Markup;
}

export const plainTitle = (title: string): Markup =>
  markup('h1', { class: 'plain-title page-title', tabindex: '-1' }, title);
