import { type Markup, markup } from '../shared/markup.ts';
import { formMarkup, LONGEST, type PlainFormSpec } from '../shared/plain/form-markup.ts';
import { type PlainLook, plainTitle } from '../shared/plain/look.ts';
import { texts } from './texts.ts';

/** A link to another of these pages. It loads that one: they are small. */
const linkTo = (path: string, text: string): Markup =>
  markup('a', { class: 'plain-anchor', href: path }, text);

/** The same beside a question. */
const questionWith = (question: string, link: Markup): Markup =>
  markup('div', { class: 'plain-row' }, markup('span', {}, question), link);

/** What was done, or is to be done first. */
export const notice = (sentence: string): Markup =>
  markup('div', { class: 'plain-notice', role: 'status' }, sentence);

interface StrangersLook extends Pick<PlainFormSpec, 'fields' | 'button'> {
  readonly title: string;
  readonly above?: readonly Markup[];
  readonly below: readonly Markup[];
}

/** A title, one form, and links below it. */
function strangersLook({ title, above = [], below, ...form }: StrangersLook): PlainLook {
  const parts = [...above, formMarkup({ ...form, showPassword: texts.showPassword }), ...below];
  return {
    title: `${title} · ${texts.brand}`,
    content: markup('div', { class: 'plain-wide-stack' }, plainTitle(title), ...parts),
  };
}

/** `said` stands above the form: why one has to log in. */
export const logInLook = (said?: string): PlainLook =>
  strangersLook({
    title: texts.logIn.title,
    above: said === undefined ? [] : [notice(said)],
    fields: [
      { name: 'username', label: texts.fields.login, autoComplete: 'username' },
      { name: 'password', label: texts.fields.password, kind: 'password', autoComplete: 'current-password' },
    ],
    button: texts.logIn.button,
    below: [
      linkTo('forgot', texts.logIn.forgot),
      questionWith(texts.logIn.noAccount, linkTo('sign-up', texts.logIn.signUp)),
    ],
  });

export const signUpLook = (): PlainLook =>
  strangersLook({
    title: texts.signUp.title,
    fields: [
      {
        name: 'username',
        label: texts.fields.username,
        autoComplete: 'username',
        maxLength: LONGEST.username,
      },
      {
        name: 'email',
        label: texts.fields.optionalEmail,
        kind: 'email',
        autoComplete: 'email',
        optional: true,
        maxLength: LONGEST.email,
      },
      { name: 'password', label: texts.fields.password, kind: 'password', autoComplete: 'new-password' },
    ],
    button: texts.signUp.button,
    below: [questionWith(texts.signUp.haveAccount, linkTo('log-in', texts.logIn.title))],
  });

/** Everything around a page. What depends on who is there, and on the colours, comes with the script. */
export function frameLook(...content: readonly Markup[]): readonly Markup[] {
  // No link to #main: in a page with a base that would be another page.
  const skip = markup('button', { type: 'button', class: 'skip-link' }, texts.skip);
  const scheme = markup(
    'button',
    { type: 'button', class: 'frame-scheme plain-button plain-default plain-square' },
    markup('span', { 'aria-hidden': 'true' }),
  );
  const out = markup(
    'button',
    { type: 'button', class: 'frame-log-out plain-button plain-default', hidden: true },
    texts.logOut,
  );
  const buttons = markup('div', { class: 'frame-buttons' }, scheme, out);
  const header = markup('header', {}, markup('strong', {}, texts.brand), buttons);
  return [
    skip,
    markup('div', { class: 'frame' }, header, markup('div', { class: 'frame-place' }, ...content)),
  ];
}
