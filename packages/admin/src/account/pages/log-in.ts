import { Refused } from 'latchkey-client';
import { element } from '../../shared/element.ts';
import type { PlainPage } from '../../shared/plain/page.ts';
import { sentenceFor } from '../sentence.ts';
import { session, stranger } from '../session.ts';
import { texts } from '../texts.ts';
import { linkTo, notice, questionWith, type Strangers, strangersPage } from './strangers.ts';

const isUnverified = (error: unknown) => error instanceof Refused && error.code === 'email_not_verified';

/** Only of use when the person logged in with the address. */
function sendAgain(email: string): HTMLElement {
  const button = element(
    'button',
    { type: 'button', class: 'plain-button plain-default' },
    texts.logIn.unverified,
  );
  const told = element('div', { role: 'status' });
  button.addEventListener('click', async () => {
    const sentence = await stranger
      .post('/api/email/verify/', { body: { email } })
      .then(({ detail }) => detail, sentenceFor);
    told.replaceChildren(notice(sentence));
  });
  return element('div', { class: 'plain-stack' }, button, told);
}

/** `said` stands above the form: why one has to log in. */
export function logInPage({ loggedIn }: Pick<Strangers, 'loggedIn'>, said?: string): PlainPage {
  return strangersPage({
    title: texts.logIn.title,
    above: said === undefined ? undefined : notice(said),
    fields: [
      { name: 'username', label: texts.fields.login, autoComplete: 'username' },
      { name: 'password', label: texts.fields.password, kind: 'password', autoComplete: 'current-password' },
    ],
    button: texts.logIn.button,
    run: async ({ username = '', password = '' }) => {
      await session.logIn({ username, password });
      await loggedIn();
    },
    help: (error, { username = '' }) =>
      isUnverified(error) && username.includes('@') ? sendAgain(username) : undefined,
    below: [
      linkTo('forgot', texts.logIn.forgot),
      questionWith(texts.logIn.noAccount, linkTo('sign-up', texts.logIn.signUp)),
    ],
  });
}
