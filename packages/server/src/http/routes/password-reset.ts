import { LINKS } from '../../domain/limits/limit.ts';
import { done } from '../../domain/outcome.ts';
import { requestReset, resetPassword } from '../../domain/passwords/reset.ts';
import { enforcedPasswordFaults } from '../../domain/passwords/rules.ts';
import { DONE, LINK_FIELDS, MAIL_ON_ITS_WAY, mailing, presentedLink } from '../link-fields.ts';
import { operation, type Route } from '../route.ts';

const CHANGED = { detail: 'The password is changed. All sessions have ended.' };

/** POST /api/password/reset/ asks for the mail, POST /api/password/reset/confirm/ uses its link. */
export const resetRoutes: readonly Route[] = [
  {
    path: '/api/password/reset/',
    chapter: 'E-mail',
    name: 'Password Reset',
    description: '',
    identify: 'never',
    operations: {
      POST: mailing('Ask for a mail to set a new password', MAIL_ON_ITS_WAY, requestReset),
    },
  },
  {
    path: '/api/password/reset/confirm/',
    chapter: 'E-mail',
    name: 'Password Reset Confirm',
    description: '',
    identify: 'never',
    operations: {
      POST: operation({
        summary: 'Set a new password with the link of a mail',
        fields: {
          ...LINK_FIELDS,
          new_password: {
            kind: 'string',
            label: 'New Password',
            required: true,
            isSecret: true,
            check: enforcedPasswordFaults,
          },
        },
        example: { uid: 'MQ', token: 'q7Wv0m…', new_password: 'a new and long one' },
        success: { ...DONE, example: CHANGED },
        refusals: ['link_refused', 'faulty_fields', 'server_busy'],
        limits: LINKS,
        handle: async ({ app, values, origin }) => {
          const outcome = await resetPassword(app, presentedLink(values), values.new_password, origin);
          return outcome.ok ? done(CHANGED) : outcome;
        },
      }),
    },
  },
];
