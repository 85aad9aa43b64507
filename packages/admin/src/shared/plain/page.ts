import { element, elementOf } from '../element.ts';
import type { PlainLook } from './look.ts';

/** A page of plain elements, and what it does. The first page a visitor sees is one: it needs neither React nor Mantine. */
export interface PlainPage extends PlainLook {
  /** what has the focus when the page is shown, so that a screen reader tells where it is: a selector */
  readonly focus: string;
  /** Makes the content do something, which may have come from the server. */
  readonly enliven: (content: HTMLElement) => void;
}

const focusIn = (content: HTMLElement, selector: string) =>
  content.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });

/** Shows a page in a place, instead of what was there. */
export function showPage(place: HTMLElement, { title, content, focus, enliven }: PlainPage): void {
  const made = elementOf(content);
  place.replaceChildren(made);
  document.title = title;
  enliven(made);
  focusIn(made, focus);
}

/** Brings the page to life that the server sent into this place: what was typed stays, and so does the focus. */
export function takeUpPage(place: HTMLElement, { focus, enliven }: PlainPage): void {
  const { firstElementChild: sent } = place;
  if (!(sent instanceof HTMLElement)) throw new Error('the server sent no page');
  enliven(sent);
  if (document.activeElement === document.body) focusIn(sent, focus);
}

/** While the scripts of the other pages are on their way. */
export const plainLoader = (label: string): HTMLElement =>
  element('div', { class: 'plain-loader', role: 'status', 'aria-label': label });

/** What did not come, and a button that loads the page anew. */
export function plainFault(sentence: string, button: string): HTMLElement {
  const retry = element('button', { type: 'button', class: 'plain-button plain-default' }, button);
  retry.addEventListener('click', () => window.location.reload());
  return element('div', { class: 'plain-alert plain-stack', role: 'alert' }, sentence, retry);
}
