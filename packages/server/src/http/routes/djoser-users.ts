import { deleteAccount, mayRemove } from '../../domain/accounts/delete.ts';
import { findAccount, findChangeable, listAccounts } from '../../domain/accounts/reach.ts';
import { chosenUsernameFaults, emailFaults, register } from '../../domain/accounts/register.ts';
import { renameAccount } from '../../domain/accounts/rename.ts';
import { withLowerDomain } from '../../domain/email/address.ts';
import { REGISTER } from '../../domain/limits/limit.ts';
import { done, type Outcome, type Reason } from '../../domain/outcome.ts';
import { enforcedPasswordFaults } from '../../domain/passwords/rules.ts';
import type { NamedAccount } from '../../domain/store.ts';
import { readUserId } from '../../domain/tokens/user-id.ts';
import { type Asked, callerOf, type Operation, operation, type Route } from '../route.ts';
import { passwordChangeRoute } from './password.ts';

const USER_EXAMPLE = { username: 'admin', id: 1, email: 'admin@example.com' };

const USER = {
  type: 'object',
  required: Object.keys(USER_EXAMPLE),
  properties: {
    username: { type: 'string' },
    id: { type: 'integer', readOnly: true },
    email: { type: 'string', readOnly: true },
  },
};

const OK = { status: 200 as const, schema: USER, example: USER_EXAMPLE };

/** In djoser's order of keys. */
const toBody = ({ username, id, email }: NamedAccount) => ({ username, id, email });

function inBody<R extends Reason>(outcome: Outcome<NamedAccount, R>): Outcome<unknown, R> {
  return outcome.ok ? done(toBody(outcome.value)) : outcome;
}

/** /auth/users/: register, and list. Anybody may write here, only who is logged in may read. */
export const djoserUsersRoute: Route = {
  path: '/auth/users/',
  aliases: ['/auth/users.json'],
  answersHead: true,
  chapter: 'Accounts',
  name: 'User List',
  description: '',
  identify: 'required',
  operations: {
    GET: operation({
      summary: 'List accounts: for staff the first 10,000, otherwise only that of the caller',
      success: { status: 200, schema: { type: 'array', items: USER }, example: [USER_EXAMPLE] },
      refusals: [],
      handle: async (call) => done((await listAccounts(call.app, callerOf(call))).map(toBody)),
    }),
    POST: operation({
      summary: 'Open an account, as djoser does',
      identify: 'if_given',
      fields: {
        username: {
          kind: 'string',
          label: 'Username',
          required: true,
          maxLength: 100,
          check: chosenUsernameFaults,
        },
        email: { kind: 'email', label: 'Email', required: true, maxLength: 254, check: emailFaults },
        password: {
          kind: 'string',
          label: 'Password',
          required: true,
          isSecret: true,
          check: enforcedPasswordFaults,
        },
      },
      example: { username: 'admin', email: 'admin@example.com', password: 'correct horse battery staple' },
      success: {
        status: 201,
        schema: USER,
        example: { username: 'admin', email: 'admin@example.com', id: 1 },
      },
      refusals: ['faulty_fields', 'server_busy'],
      limits: REGISTER,
      handle: async ({ app, values, origin }) => {
        const { username, password } = values;
        const email = withLowerDomain(values.email);
        const opened = await register(app, { username, email, password, repeated: undefined }, origin);
        return opened.ok ? done({ username, email, id: opened.value.id }) : opened;
      },
    }),
  },
};

type WhichAccount = (asked: Asked) => number | undefined;

const usernameField = { kind: 'string', label: 'Username', maxLength: 100 } as const;

const REACH = ['account_not_found', 'not_permitted'] as const;

function renaming(which: WhichAccount, summary: string, required: boolean): Operation {
  return operation({
    summary,
    permit: (asked) => findChangeable(asked.app, callerOf(asked), which(asked)),
    fields: { username: { ...usernameField, required } },
    example: { username: 'admin' },
    success: OK,
    refusals: [...REACH, 'user_not_found', 'faulty_fields'],
    handle: async (call) =>
      inBody(await renameAccount(call.app, callerOf(call), which(call), call.values.username, call.origin)),
  });
}

/** What can be done with one account. The e-mail is only read here: it is changed with a proof. */
function operationsOn(which: WhichAccount, whose: string): Route['operations'] {
  return {
    GET: operation({
      summary: `Show ${whose}`,
      success: OK,
      refusals: ['account_not_found'],
      handle: async (call) => inBody(await findAccount(call.app, callerOf(call), which(call))),
    }),
    PUT: renaming(which, `Change the user name of ${whose}`, true),
    PATCH: renaming(which, `Change the user name of ${whose}, if one is sent`, false),
    DELETE: operation({
      summary: `Delete ${whose}`,
      permit: (asked) => mayRemove(asked.app, callerOf(asked), which(asked)),
      fields: {
        current_password: { kind: 'string', label: 'Current password', required: true, isSecret: true },
      },
      example: { current_password: 'correct horse battery staple' },
      success: { status: 204 },
      refusals: [...REACH, 'faulty_fields', 'server_busy', 'throttled', 'user_not_found', 'last_superuser'],
      handle: async (call) => {
        const [actor, id] = [callerOf(call), which(call)];
        const outcome = await deleteAccount(call.app, actor, id, call.values.current_password, call.origin);
        if (outcome.ok && id === actor.id) call.jar.drop();
        return outcome;
      },
    }),
  };
}

/** /auth/users/me/: the account of who asks. */
export const djoserMeRoute: Route = {
  path: '/auth/users/me/',
  aliases: ['/auth/users/me.json'],
  answersHead: true,
  chapter: 'Accounts',
  name: 'User Me',
  description: '',
  identify: 'required',
  operations: operationsOn((asked) => callerOf(asked).id, 'the account of the caller'),
};

/** /auth/users/{id}/: one's own account, or for staff any. */
export const djoserUserRoute: Route = {
  path: '/auth/users/{id}/',
  parameters: { id: { about: 'The id of an account', pattern: '[^/.]+', example: '1' } },
  answersHead: true,
  chapter: 'Accounts',
  name: 'User Instance',
  description: '',
  identify: 'required',
  operations: operationsOn(
    ({ parameters }) => readUserId(parameters.id),
    'an account, for its owner and staff',
  ),
};

/** POST /auth/users/set_password/: as /api/password/change/. */
export const djoserSetPasswordRoute: Route = {
  ...passwordChangeRoute,
  path: '/auth/users/set_password/',
  name: 'Set password',
  description: '',
};
