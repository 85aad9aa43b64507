import { chosenUsernameFaults } from '../../domain/accounts/register.ts';
import { changeUsername } from '../../domain/accounts/rename.ts';
import { requestNameReset, resetEmail, resetUsername } from '../../domain/accounts/reset-name.ts';
import { requestEmailChange } from '../../domain/email/change.ts';
import { type PresentedLink, readUid } from '../../domain/email/link.ts';
import { confirmEmail, requestVerification } from '../../domain/email/verify.ts';
import { LINKS, MAIL } from '../../domain/limits/limit.ts';
import { done, type Outcome, type Reason, type Refusal, refuse } from '../../domain/outcome.ts';
import { requestReset, resetPassword } from '../../domain/passwords/reset.ts';
import { enforcedPasswordFaults } from '../../domain/passwords/rules.ts';
import { LINK_FIELDS as ANY_LINK_FIELDS, mailing } from '../link-fields.ts';
import { callerOf, type Operation, operation, type Route } from '../route.ts';

/** As djoser has it: strangers may post and nothing else. */
const forAnybody = (path: string, name: string, post: Operation): Route => ({
  path: `/auth/users/${path}/`,
  chapter: 'E-mail',
  name,
  description: '',
  identify: 'required',
  operations: { POST: { ...post, identify: 'if_given' } },
});

/** djoser's answer to who asks for a mail. */
const SENT = { status: 204 } as const;
const currentField = { kind: 'string', label: 'Current password', required: true, isSecret: true } as const;
const newEmailField = { kind: 'email', label: 'New email', required: true, maxLength: 254 } as const;
const newUsernameField = {
  kind: 'string',
  label: 'New username',
  required: true,
  maxLength: 100,
  check: chosenUsernameFaults,
} as const;

/** djoser wants the uid, too. */
const LINK_FIELDS = { ...ANY_LINK_FIELDS, uid: { ...ANY_LINK_FIELDS.uid, required: true } } as const;

const LINK_EXAMPLE = { uid: 'MQ', token: 'q7Wv0m…' };

/**
 * Does something with a link and tells in djoser's words what is wrong with it. A uid of nobody is told like one whose token is
 * wrong: nobody learns which ids there are.
 */
async function byLink<R extends Reason>(
  { uid, token }: { readonly uid: string; readonly token: string },
  use: (link: PresentedLink) => Promise<Outcome<unknown, R | 'link_refused'>>,
): Promise<Outcome<undefined, Exclude<R, 'link_refused'> | 'faulty_fields'>> {
  const userId = readUid(uid);
  if (userId === undefined) return refuse('faulty_fields', { faults: { uid: [{ code: 'uid_wrong' }] } });
  const outcome = await use({ token, userId });
  if (outcome.ok) return done(undefined);
  if (outcome.reason === 'link_refused')
    return refuse('faulty_fields', { faults: { token: [{ code: 'token_wrong' }] } });
  return outcome as Refusal<Exclude<R, 'link_refused'>>;
}

/** POST /auth/users/activation/ verifies an address; …/resend_activation/ asks for the mail. */
const activationRoutes: readonly Route[] = [
  forAnybody(
    'activation',
    'Activation',
    operation({
      summary: 'Verify an address with the link of a mail',
      fields: LINK_FIELDS,
      example: LINK_EXAMPLE,
      success: { status: 204 },
      refusals: ['faulty_fields'],
      limits: LINKS,
      handle: ({ app, values, origin }) => byLink(values, (link) => confirmEmail(app, link, origin)),
    }),
  ),
  forAnybody(
    'resend_activation',
    'Resend activation',
    mailing('Ask for a mail that verifies an address', SENT, requestVerification),
  ),
];

/** POST /auth/users/reset_password/ asks for the mail, …_confirm/ uses its link. */
const passwordRoutes: readonly Route[] = [
  forAnybody(
    'reset_password',
    'Reset password',
    mailing('Ask for a mail to set a new password', SENT, requestReset),
  ),
  forAnybody(
    'reset_password_confirm',
    'Reset password confirm',
    operation({
      summary: 'Set a new password with the link of a mail',
      fields: {
        ...LINK_FIELDS,
        new_password: {
          kind: 'string',
          label: 'New password',
          required: true,
          isSecret: true,
          check: enforcedPasswordFaults,
        },
      },
      example: { ...LINK_EXAMPLE, new_password: 'a new and long one' },
      success: { status: 204 },
      refusals: ['faulty_fields', 'server_busy'],
      limits: LINKS,
      handle: ({ app, values, origin }) =>
        byLink(values, (link) => resetPassword(app, link, values.new_password, origin)),
    }),
  ),
];

/** POST /auth/users/set_email/: as /api/email/change/; …/reset_email/ and its confirmation do without the password. */
const emailRoutes: readonly Route[] = [
  {
    path: '/auth/users/set_email/',
    chapter: 'E-mail',
    name: 'Set username',
    description: '',
    identify: 'required',
    operations: {
      POST: operation({
        summary: 'Ask for a mail to a new address',
        fields: { current_password: currentField, new_email: newEmailField },
        example: { current_password: 'the password', new_email: 'alice@example.com' },
        success: { status: 204 },
        refusals: ['faulty_fields', 'throttled', 'user_not_found', 'server_busy'],
        limits: MAIL,
        handle: async (call) => {
          const { new_email: newEmail, current_password: password } = call.values;
          return requestEmailChange(call.app, callerOf(call).id, { newEmail, password }, call.origin);
        },
      }),
    },
  },
  forAnybody(
    'reset_email',
    'Reset username',
    mailing('Ask for a mail to change the address', SENT, (app, email, origin) =>
      requestNameReset(app, 'reset_email', email, origin),
    ),
  ),
  forAnybody(
    'reset_email_confirm',
    'Reset username confirm',
    operation({
      summary: 'Ask for a mail to a new address, with the link of a mail to the present one',
      fields: { ...LINK_FIELDS, new_email: newEmailField },
      example: { ...LINK_EXAMPLE, new_email: 'alice@example.com' },
      success: { status: 204 },
      refusals: ['faulty_fields'],
      limits: LINKS,
      handle: ({ app, values, origin }) =>
        byLink(values, (link) => resetEmail(app, link, values.new_email, origin)),
    }),
  ),
];

/** POST /auth/users/set_username/, and …/reset_username/ with its confirmation, as djoser has them where people log in by user name. */
const usernameRoutes: readonly Route[] = [
  {
    path: '/auth/users/set_username/',
    chapter: 'Accounts',
    name: 'Set username',
    description: '',
    identify: 'required',
    operations: {
      POST: operation({
        summary: 'Change the user name',
        fields: { current_password: currentField, new_username: newUsernameField },
        example: { current_password: 'the password', new_username: 'alice' },
        success: { status: 204 },
        refusals: ['faulty_fields', 'server_busy', 'throttled', 'user_not_found'],
        handle: (call) => {
          const { current_password: current, new_username: wanted } = call.values;
          return changeUsername(call.app, callerOf(call), { current, wanted }, call.origin);
        },
      }),
    },
  },
  forAnybody(
    'reset_username',
    'Reset username',
    mailing('Ask for a mail to choose a new user name', SENT, (app, email, origin) =>
      requestNameReset(app, 'reset_username', email, origin),
    ),
  ),
  forAnybody(
    'reset_username_confirm',
    'Reset username confirm',
    operation({
      summary: 'Choose a new user name with the link of a mail',
      fields: { ...LINK_FIELDS, new_username: newUsernameField },
      example: { ...LINK_EXAMPLE, new_username: 'alice' },
      success: { status: 204 },
      refusals: ['faulty_fields'],
      limits: LINKS,
      handle: ({ app, values, origin }) =>
        byLink(values, (link) => resetUsername(app, link, values.new_username, origin)),
    }),
  ),
];

/** What djoser does by mail, over the use cases of /api/. */
export const djoserLinkRoutes: readonly Route[] = [
  ...activationRoutes,
  ...passwordRoutes,
  ...emailRoutes,
  ...usernameRoutes,
];
