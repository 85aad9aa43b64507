import { element } from '../element.ts';

/** A page of plain elements. The first page a visitor sees is one: it needs neither React nor Mantine. */
export interface PlainPage {
  /** of the document */
  readonly title: string;
  readonly content: HTMLElement;
  /** what has the focus when the page is shown, so that a screen reader tells where it is */
  readonly focus: HTMLElement;
}

/** Shows a page in a place, instead of what was there. */
export function showPage(place: HTMLElement, { title, content, focus }: PlainPage): void {
  place.replaceChildren(content);
  document.title = title;
  focus.focus({ preventScroll: true });
}

export const plainTitle = (title: string): HTMLElement =>
  element('h1', { class: 'plain-title page-title', tabindex: '-1' }, title);

/** While the scripts of the other pages are on their way. */
export const plainLoader = (label: string): HTMLElement =>
  element('div', { class: 'plain-loader', role: 'status', 'aria-label': label });

/** What did not come, and a button that loads the page anew. */
export function plainFault(sentence: string, button: string): HTMLElement {
  const retry = element('button', { type: 'button', class: 'plain-button plain-default' }, button);
  retry.addEventListener('click', () => window.location.reload());
  return element('div', { class: 'plain-alert plain-stack', role: 'alert' }, sentence, retry);
}
