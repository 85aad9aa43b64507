import { confirmEmailChange, requestEmailChange, revertEmailChange } from '../../domain/email/change.ts';
import { LINKS, MAIL } from '../../domain/limits/limit.ts';
import { done } from '../../domain/outcome.ts';
import { DONE, LINK_FIELDS, MAIL_ON_ITS_WAY, presentedLink } from '../link-fields.ts';
import { callerOf, operation, type Route } from '../route.ts';

const CHANGED = { detail: 'The e-mail address is changed.' };
const REVERTED = { detail: 'The old e-mail address is back. All sessions have ended.' };

/** POST /api/email/change/ asks for the mail, …/confirm/ uses its link, …/revert/ that of the notice to the old address. */
export const changeRoutes: readonly Route[] = [
  {
    path: '/api/email/change/',
    chapter: 'E-mail',
    name: 'Email Change',
    description: '',
    identify: 'required',
    operations: {
      POST: operation({
        summary: 'Ask for a mail to a new address',
        fields: {
          new_email: { kind: 'email', label: 'New Email', required: true, maxLength: 254 },
          current_password: { kind: 'string', label: 'Current Password', required: true, isSecret: true },
        },
        example: { new_email: 'alice@example.com', current_password: 'the password' },
        success: MAIL_ON_ITS_WAY,
        refusals: ['faulty_fields', 'throttled', 'user_not_found', 'server_busy'],
        limits: MAIL,
        handle: async (call) => {
          const { new_email: newEmail, current_password: password } = call.values;
          const { app, origin } = call;
          const outcome = await requestEmailChange(app, callerOf(call).id, { newEmail, password }, origin);
          return outcome.ok ? done(MAIL_ON_ITS_WAY.example) : outcome;
        },
      }),
    },
  },
  {
    path: '/api/email/change/confirm/',
    chapter: 'E-mail',
    name: 'Email Change Confirm',
    description: '',
    identify: 'never',
    operations: {
      POST: operation({
        summary: 'Change the address with the link of a mail',
        fields: LINK_FIELDS,
        example: { uid: 'MQ', token: 'q7Wv0m…' },
        success: { ...DONE, example: CHANGED },
        refusals: ['link_refused'],
        limits: LINKS,
        handle: async ({ app, values, origin }) => {
          const outcome = await confirmEmailChange(app, presentedLink(values), origin);
          return outcome.ok ? done(CHANGED) : outcome;
        },
      }),
    },
  },
  {
    path: '/api/email/change/revert/',
    chapter: 'E-mail',
    name: 'Email Change Revert',
    description: '',
    identify: 'never',
    operations: {
      POST: operation({
        summary: 'Take a change of address back with the link of a notice',
        fields: LINK_FIELDS,
        example: { uid: 'MQ', token: 'q7Wv0m…' },
        success: { ...DONE, example: REVERTED },
        refusals: ['link_refused'],
        limits: LINKS,
        handle: async ({ app, values, origin }) => {
          const outcome = await revertEmailChange(app, presentedLink(values), origin);
          return outcome.ok ? done(REVERTED) : outcome;
        },
      }),
    },
  },
];
