import { Refused } from 'latchkey-client';
import { element, elementOf } from '../../shared/element.ts';
import type { PlainPage } from '../../shared/plain/page.ts';
import { logInLook, notice } from '../looks.ts';
import { sentenceFor } from '../sentence.ts';
import { session, stranger } from '../session.ts';
import { texts } from '../texts.ts';
import { type Strangers, strangersPage } from './strangers.ts';

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
    told.replaceChildren(elementOf(notice(sentence)));
  });
  return element('div', { class: 'plain-stack' }, button, told);
}

/** `said` stands above the form: why one has to log in. */
export const logInPage = ({ loggedIn }: Pick<Strangers, 'loggedIn'>, said?: string): PlainPage =>
  strangersPage(logInLook(said), {
    run: async ({ username = '', password = '' }) => {
      await session.logIn({ username, password });
      await loggedIn();
    },
    help: (error, { username = '' }) =>
      isUnverified(error) && username.includes('@') ? sendAgain(username) : undefined,
  });
