import { element } from '../../shared/element.ts';
import { type PlainFormSpec, plainForm } from '../../shared/plain/form.ts';
import { type PlainPage, plainTitle } from '../../shared/plain/page.ts';
import { sentenceFor } from '../sentence.ts';
import { texts } from '../texts.ts';

/** What a page for somebody who is not logged in may do besides asking the server. */
export interface Strangers {
  /** There is a login now. The form is busy until the next page is there. */
  readonly loggedIn: () => Promise<unknown>;
  /** Shows another page in the place of this one. */
  readonly show: (page: PlainPage) => void;
}

/** A link to another of these pages. It loads that one: they are small. */
export const linkTo = (path: string, text: string): HTMLElement =>
  element('a', { class: 'plain-anchor', href: path }, text);

/** The same beside a question. */
export const questionWith = (question: string, link: HTMLElement): HTMLElement =>
  element('div', { class: 'plain-row' }, element('span', {}, question), link);

/** What was done, or is to be done first. */
export const notice = (sentence: string): HTMLElement =>
  element('div', { class: 'plain-notice', role: 'status' }, sentence);

interface StrangersPage extends Pick<PlainFormSpec, 'fields' | 'button' | 'run' | 'help'> {
  readonly title: string;
  readonly above?: Node | undefined;
  readonly below: readonly Node[];
}

/** A title, one form, and links below it. Plain, for it is the first page of a visitor. */
export function strangersPage({ title, above, below, ...form }: StrangersPage): PlainPage {
  const heading = plainTitle(title);
  const content = element('div', { class: 'plain-wide-stack' }, heading);
  if (above) content.append(above);
  content.append(plainForm({ ...form, showPassword: texts.showPassword, sentenceFor }), ...below);
  return { title: `${title} · ${texts.brand}`, content, focus: heading };
}
