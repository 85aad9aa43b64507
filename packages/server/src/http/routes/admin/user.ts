import { removeUser } from '../../../domain/admin/users/remove.ts';
import { saveUser } from '../../../domain/admin/users/save.ts';
import { showDeletion, showUser } from '../../../domain/admin/users/show.ts';
import { withLowerDomain } from '../../../domain/email/address.ts';
import { isOwnPicture } from '../../../domain/media/media.ts';
import { done, type Outcome, type Reason } from '../../../domain/outcome.ts';
import { readUserId } from '../../../domain/tokens/user-id.ts';
import { type Asked, type Call, operation, type PathParameter, type Route, staffOf } from '../../route.ts';
import { DETAIL, DETAIL_EXAMPLE, detailBody } from './user-body.ts';
import { RIGHTS_FIELDS } from './users.ts';
import { VERSION_FIELD } from './version-field.ts';

/** The id in the path of an account. */
export const USER_ID: Readonly<Record<'id', PathParameter>> = {
  id: { about: 'The id of an account', pattern: '[1-9][0-9]{0,14}', example: '1' },
};

/** The same as a number: nobody has 0. */
export const idOf = ({ parameters }: Pick<Asked, 'parameters'>) => readUserId(parameters.id) ?? 0;

export const OF_ACCOUNT = {
  chapter: 'Admin',
  identify: 'required',
} as const satisfies Partial<Route>;

const OK = { status: 200 as const, schema: DETAIL, example: DETAIL_EXAMPLE };

/** The account as it is after what was done. */
export async function thenShown<R extends Reason>(
  call: Pick<Call, 'app' | 'parameters' | 'staff'>,
  outcome: Outcome<unknown, R>,
): Promise<Outcome<unknown, R | 'account_not_found'>> {
  if (!outcome.ok) return outcome;
  const shown = await showUser(call.app, staffOf(call), idOf(call));
  return shown.ok ? done(detailBody(call.app, shown.value)) : shown;
}

const text = (label: string, maxLength: number) =>
  ({ kind: 'string', label, required: false, mayBeBlank: true, maxLength }) as const;

const REFUSALS = ['account_not_found', 'permission_denied', 'own_account', 'last_superuser'] as const;

/** /api/admin/users/{id}/ */
const userRoute: Route = {
  ...OF_ACCOUNT,
  path: '/api/admin/users/{id}/',
  parameters: USER_ID,
  name: 'Admin User',
  description: 'One account.',
  operations: {
    GET: operation({
      summary: 'Show an account',
      staff: 'view_user',
      success: OK,
      refusals: ['account_not_found'],
      handle: (call) => thenShown(call, done(undefined)),
    }),
    PATCH: operation({
      summary: 'Change an account; rights and another e-mail want the password again',
      staff: 'change_user',
      fields: {
        username: { kind: 'string', label: 'Username', required: false, maxLength: 100 },
        email: { kind: 'email', label: 'Email', required: false, mayBeBlank: true, maxLength: 254 },
        full_name: text('Full name', 300),
        bio: text('Bio', 300),
        is_active: { kind: 'boolean', label: 'Active', required: false },
        verified: { kind: 'boolean', label: 'Verified', required: false },
        ...RIGHTS_FIELDS,
        ...VERSION_FIELD,
      },
      example: { verified: true },
      success: OK,
      refusals: [...REFUSALS, 'step_up_required', 'changed_meanwhile', 'faulty_fields'],
      handle: async (call) => {
        const { username, email, full_name: fullName, bio, verified, ...rest } = call.values;
        const {
          is_active: isActive,
          is_staff: isStaff,
          is_superuser: isSuperuser,
          groups,
          permissions,
          version,
        } = rest;
        const changes = {
          ...{ username, fullName, bio, verified, isActive, isStaff, isSuperuser, groups, permissions },
          version,
          email: email === undefined ? undefined : withLowerDomain(email),
        };
        return thenShown(call, await saveUser(call.app, staffOf(call), idOf(call), changes, call.origin));
      },
    }),
    DELETE: operation({
      summary: 'Delete an account with all that is its own',
      staff: 'delete_user',
      stepUp: true,
      success: { status: 204 },
      refusals: REFUSALS,
      handle: (call) => removeUser(call.app, staffOf(call), idOf(call), call.origin),
    }),
  },
};

const DELETION_EXAMPLE = {
  username: 'alice',
  sessions: 3,
  tokens: 0,
  groups: 1,
  permissions: 0,
  picture: true,
};

/** GET /api/admin/users/{id}/deletion/ */
const userDeletionRoute: Route = {
  ...OF_ACCOUNT,
  path: '/api/admin/users/{id}/deletion/',
  parameters: USER_ID,
  name: 'Admin User Deletion',
  description: 'What goes when an account does. The audit trail stays.',
  operations: {
    GET: operation({
      summary: 'Show what would go with an account',
      staff: 'delete_user',
      success: {
        status: 200,
        schema: {
          type: 'object',
          required: Object.keys(DELETION_EXAMPLE),
          properties: {
            username: { type: 'string' },
            sessions: { type: 'integer', description: 'Live ones, and those that ended lately' },
            tokens: { type: 'integer', description: 'That Django issued' },
            groups: { type: 'integer', description: 'That it is in' },
            permissions: { type: 'integer', description: 'Its own' },
            picture: { type: 'boolean' },
          },
        },
        example: DELETION_EXAMPLE,
      },
      refusals: ['account_not_found'],
      handle: async (call) => {
        const found = await showDeletion(call.app, staffOf(call), idOf(call));
        if (!found.ok) return found;
        const { account, belongings } = found.value;
        const picture = isOwnPicture(account.profile.image);
        return done({ username: account.username, ...belongings, picture });
      },
    }),
  },
};

export const userRoutes: readonly Route[] = [userRoute, userDeletionRoute];
