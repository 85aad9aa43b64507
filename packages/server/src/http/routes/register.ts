import { chosenUsernameFaults, emailFaults, register } from '../../domain/accounts/register.ts';
import { REGISTER } from '../../domain/limits/limit.ts';
import { enforcedPasswordFaults } from '../../domain/passwords/rules.ts';
import { operation, type Route } from '../route.ts';

/** POST /api/register/: the document's `{username, password}` and the code's four fields. */
export const registerRoute: Route = {
  path: '/api/register/',
  chapter: 'Accounts',
  name: 'Register',
  description: '',
  identify: 'if_given',
  operations: {
    POST: operation({
      summary: 'Open an account',
      fields: {
        email: {
          kind: 'email',
          label: 'Email',
          required: false,
          mayBeBlank: true,
          maxLength: 254,
          check: emailFaults,
        },
        username: {
          kind: 'string',
          label: 'Username',
          required: true,
          maxLength: 100,
          check: chosenUsernameFaults,
        },
        password: {
          kind: 'string',
          label: 'Password',
          required: true,
          isSecret: true,
          check: enforcedPasswordFaults,
        },
        password2: { kind: 'string', label: 'Password2', required: false, isSecret: true },
      },
      example: { username: 'admin', password: 'admin' },
      success: {
        status: 201,
        schema: {
          type: 'object',
          required: ['id', 'username', 'email'],
          properties: { id: { type: 'integer' }, username: { type: 'string' }, email: { type: 'string' } },
        },
        example: { id: 1, username: 'admin', email: '' },
      },
      refusals: ['faulty_fields', 'server_busy'],
      limits: REGISTER,
      handle: ({ app, values, origin }) => {
        const { username, password, email = '', password2: repeated } = values;
        return register(app, { username, email, password, repeated }, origin);
      },
    }),
  },
};
