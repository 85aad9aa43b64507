import { Refused } from 'latchkey-client';
import type { Values } from '../../shared/plain/form.ts';
import type { PlainPage } from '../../shared/plain/page.ts';
import { signUpLook } from '../looks.ts';
import { sentenceFor } from '../sentence.ts';
import { session, stranger } from '../session.ts';
import { texts } from '../texts.ts';
import { logInPage } from './log-in.ts';
import { type Strangers, strangersPage } from './strangers.ts';

/** The account is there, whatever becomes of the login: where nobody gets in without a verified address, a mail is on its way. */
async function logInOrTell(values: Values, strangers: Strangers): Promise<void> {
  const { username = '', email = '', password = '' } = values;
  try {
    await session.logIn({ username, password });
  } catch (error) {
    const awaitsMail = email !== '' && error instanceof Refused && error.status === 401;
    strangers.show(logInPage(strangers, awaitsMail ? texts.signUp.checkMail : sentenceFor(error)));
    return;
  }
  await strangers.loggedIn();
}

export const signUpPage = (strangers: Strangers): PlainPage =>
  strangersPage(signUpLook(), {
    run: async (values) => {
      const { username = '', email = '', password = '' } = values;
      await stranger.post('/api/register/', { body: { username, password, ...(email !== '' && { email }) } });
      await logInOrTell(values, strangers);
    },
  });
