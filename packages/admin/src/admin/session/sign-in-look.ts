import { markup } from '../../shared/markup.ts';
import { formMarkup } from '../../shared/plain/form-markup.ts';
import { type PlainLook, plainTitle } from '../../shared/plain/look.ts';
import { texts } from '../texts.ts';

const words = texts.signIn;

/** Name and password of a staff account. Plain, for it is the first page of a visitor. */
export function signInLook(): PlainLook {
  const form = formMarkup({
    fields: [
      { name: 'username', label: words.username, autoComplete: 'username', autofocus: true },
      { name: 'password', label: words.password, kind: 'password', autoComplete: 'current-password' },
    ],
    button: words.submit,
    showPassword: words.showPassword,
  });
  const about = markup('p', { class: 'plain-dimmed' }, words.about);
  const head = markup('div', {}, plainTitle(words.title), about);
  const paper = markup('main', { class: 'plain-paper plain-stack' }, head, form);
  return {
    title: `${words.title} · ${texts.brand}`,
    content: markup('div', { class: 'plain-centre' }, paper),
  };
}
