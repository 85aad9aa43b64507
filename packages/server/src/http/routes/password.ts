import { changePassword } from '../../domain/passwords/change.ts';
import { callerOf, operation, type Route } from '../route.ts';

/** POST /api/password/change/: a new password for who knows the current one. The names of the fields are djoser's. */
export const passwordChangeRoute: Route = {
  path: '/api/password/change/',
  chapter: 'Accounts',
  name: 'Password Change',
  description: 'Changes the password of who asks and ends his other sessions.',
  identify: 'required',
  operations: {
    POST: operation({
      summary: 'Change the password, and end all other sessions',
      fields: {
        new_password: { kind: 'string', label: 'New password', required: true, isSecret: true },
        current_password: { kind: 'string', label: 'Current password', required: true, isSecret: true },
      },
      example: { current_password: 'admin', new_password: 'correct horse battery staple' },
      success: { status: 204 },
      refusals: ['faulty_fields', 'server_busy', 'throttled', 'user_not_found'],
      handle: (call) => {
        const { current_password: current, new_password: wanted } = call.values;
        return changePassword(call.app, callerOf(call), { current, wanted }, call.origin);
      },
    }),
  },
};
