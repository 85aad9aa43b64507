import { enlivenForm, type FormDeed } from '../../shared/plain/form.ts';
import type { PlainLook } from '../../shared/plain/look.ts';
import type { PlainPage } from '../../shared/plain/page.ts';
import { sentenceFor } from '../sentence.ts';

/** What a page for somebody who is not logged in may do besides asking the server. */
export interface Strangers {
  /** There is a login now. The form is busy until the next page is there. */
  readonly loggedIn: () => Promise<unknown>;
  /** Shows another page in the place of this one. */
  readonly show: (page: PlainPage) => void;
}

/** A page with one form, and what that does. Plain, for it is the first page of a visitor. */
export const strangersPage = (look: PlainLook, deed: Omit<FormDeed, 'sentenceFor'>): PlainPage => ({
  ...look,
  focus: 'h1',
  enliven: (content) => enlivenForm(content, { ...deed, sentenceFor }),
});
