import { Refused } from 'latchkey-client';
import { element } from '../../shared/element.ts';
import { plainForm } from '../../shared/plain/form.ts';
import { type PlainPage, plainTitle } from '../../shared/plain/page.ts';
import { client, keepCsrfToken } from '../api/call.ts';
import { texts } from '../texts.ts';

const words = texts.signIn;

/** Name and password of a staff account. Plain, for it is the first page of a visitor; `signedIn` is what comes then. */
export function signInPage(signedIn: () => Promise<unknown>): PlainPage {
  const form = plainForm({
    fields: [
      { name: 'username', label: words.username, autoComplete: 'username' },
      { name: 'password', label: words.password, kind: 'password', autoComplete: 'current-password' },
    ],
    button: words.submit,
    showPassword: words.showPassword,
    run: async ({ username = '', password = '' }) => {
      const { csrf_token } = await client.post('/api/admin/session/', { body: { username, password } });
      keepCsrfToken(csrf_token);
      await signedIn();
    },
    sentenceFor: (error) => (error instanceof Refused ? error.message : texts.common.serverAway),
  });
  const about = element('p', { class: 'plain-dimmed' }, words.about);
  const head = element('div', {}, plainTitle(words.title), about);
  const paper = element('main', { class: 'plain-paper plain-stack' }, head, form);
  return {
    title: `${words.title} · ${texts.brand}`,
    content: element('div', { class: 'plain-centre' }, paper),
    focus: form.querySelector('input') ?? form,
  };
}
