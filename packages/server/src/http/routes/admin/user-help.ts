import { changeUser } from '../../../domain/admin/users/change.ts';
import { mailUser, setUserPassword } from '../../../domain/admin/users/help.ts';
import { done } from '../../../domain/outcome.ts';
import { enforcedPasswordFaults } from '../../../domain/passwords/rules.ts';
import { operation, type Route, staffOf } from '../../route.ts';
import { idOf, OF_ACCOUNT, thenShown, USER_ID } from './user.ts';
import { DETAIL, DETAIL_EXAMPLE } from './user-body.ts';

const REACH = ['account_not_found', 'permission_denied'] as const;

/** POST /api/admin/users/{id}/set-password/ */
const setPasswordRoute: Route = {
  ...OF_ACCOUNT,
  path: '/api/admin/users/{id}/set-password/',
  parameters: USER_ID,
  name: 'Admin User Set Password',
  description: 'Gives an account another password.',
  operations: {
    POST: operation({
      summary: 'Set the password of an account; its sessions end',
      staff: 'change_user',
      stepUp: true,
      fields: {
        password: {
          kind: 'string',
          label: 'Password',
          required: true,
          isSecret: true,
          check: enforcedPasswordFaults,
        },
      },
      example: { password: 'correct horse battery staple' },
      success: {
        status: 200,
        schema: { type: 'object', required: ['ended'], properties: { ended: { type: 'integer' } } },
        example: { ended: 2 },
      },
      refusals: [...REACH, 'faulty_fields', 'server_busy'],
      handle: async (call) => {
        const { password } = call.values;
        const set = await setUserPassword(call.app, staffOf(call), idOf(call), password, call.origin);
        return set.ok ? done({ ended: set.value.sessionsEnded }) : set;
      },
    }),
  },
};

function mailRoute(
  kind: 'reset_password' | 'verify_email',
  about: Pick<Route, 'path' | 'name' | 'description'>,
): Route {
  return {
    ...OF_ACCOUNT,
    ...about,
    parameters: USER_ID,
    operations: {
      POST: operation({
        summary: about.description,
        staff: 'change_user',
        success: {
          status: 200,
          schema: { type: 'object', required: ['sent_to'], properties: { sent_to: { type: 'string' } } },
          example: { sent_to: 'alice@example.com' },
        },
        refusals: [...REACH, 'faulty_fields', 'throttled'],
        handle: async (call) => {
          const sent = await mailUser(call.app, staffOf(call), idOf(call), kind, call.origin);
          return sent.ok ? done({ sent_to: sent.value.sentTo }) : sent;
        },
      }),
    },
  };
}

/** POST /api/admin/users/{id}/require-new-password/ */
const requireNewPasswordRoute: Route = {
  ...OF_ACCOUNT,
  path: '/api/admin/users/{id}/require-new-password/',
  parameters: USER_ID,
  name: 'Admin User Require New Password',
  description: 'Lets nobody log in with the password that an account has.',
  operations: {
    POST: operation({
      summary: 'Require a new password before anybody logs in to an account, or no more. Its sessions stay',
      staff: 'change_user',
      fields: { required: { kind: 'boolean', label: 'Required', required: true } },
      example: { required: true },
      success: { status: 200, schema: DETAIL, example: DETAIL_EXAMPLE },
      refusals: [...REACH, 'own_account', 'last_superuser', 'step_up_required', 'faulty_fields'],
      handle: async (call) => {
        const changes = { requiresNewPassword: call.values.required };
        return thenShown(call, await changeUser(call.app, staffOf(call), idOf(call), changes, call.origin));
      },
    }),
  },
};

/** What helps somebody back in. */
export const userHelpRoutes: readonly Route[] = [
  setPasswordRoute,
  mailRoute('reset_password', {
    path: '/api/admin/users/{id}/send-reset/',
    name: 'Admin User Send Reset',
    description: 'Send an account a link to set a new password',
  }),
  mailRoute('verify_email', {
    path: '/api/admin/users/{id}/send-verification/',
    name: 'Admin User Send Verification',
    description: 'Send an account a link to verify its e-mail',
  }),
  requireNewPasswordRoute,
];
