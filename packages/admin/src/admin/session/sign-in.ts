import { Refused } from 'latchkey-client';
import { enlivenForm } from '../../shared/plain/form.ts';
import type { PlainPage } from '../../shared/plain/page.ts';
import { client, keepCsrfToken } from '../api/call.ts';
import { texts } from '../texts.ts';
import { signInLook } from './sign-in-look.ts';

/** Signs in; `signedIn` is what comes then. */
export const signInPage = (signedIn: () => Promise<unknown>): PlainPage => ({
  ...signInLook(),
  focus: 'input',
  enliven: (content) =>
    enlivenForm(content, {
      run: async ({ username = '', password = '' }) => {
        const { csrf_token } = await client.post('/api/admin/session/', { body: { username, password } });
        keepCsrfToken(csrf_token);
        await signedIn();
      },
      sentenceFor: (error) => (error instanceof Refused ? error.message : texts.common.serverAway),
    }),
});
