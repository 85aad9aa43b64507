import { deleteAccount } from '../../domain/accounts/delete.ts';
import { exportAccount } from '../../domain/accounts/export.ts';
import { takeBackByLink } from '../../domain/accounts/take-back.ts';
import { LINKS } from '../../domain/limits/limit.ts';
import { done } from '../../domain/outcome.ts';
import { EXPORT_EXAMPLE, EXPORTED, toExport } from '../account-export.ts';
import { DONE, LINK_FIELDS, presentedLink } from '../link-fields.ts';
import { callerOf, operation, type Route } from '../route.ts';

const DELETED_EXAMPLE = { erase_at: '2026-01-19T09:00:00.000Z' };

const DELETED = {
  type: 'object',
  required: ['erase_at'],
  properties: {
    erase_at: {
      type: 'string',
      format: 'date-time',
      description: 'Until then it can be taken back; a moment that is over when it is erased already',
    },
  },
};

const TAKEN_BACK = { detail: 'The account is back. Log in with its password.' };

/** DELETE /api/account/, GET /api/account/export/, POST /api/account/take-back/. */
export const accountRoutes: readonly Route[] = [
  {
    path: '/api/account/',
    chapter: 'Accounts',
    name: 'Account',
    description: 'The account of who asks.',
    identify: 'required',
    operations: {
      DELETE: operation({
        summary: 'Delete the account of the caller',
        fields: {
          current_password: { kind: 'string', label: 'Current password', required: true, isSecret: true },
        },
        example: { current_password: 'correct horse battery staple' },
        success: { status: 200, schema: DELETED, example: DELETED_EXAMPLE },
        refusals: [
          'account_not_found',
          'not_permitted',
          'faulty_fields',
          'server_busy',
          'throttled',
          'user_not_found',
          'last_superuser',
        ],
        handle: async (call) => {
          const actor = callerOf(call);
          const { current_password: current } = call.values;
          const outcome = await deleteAccount(call.app, actor, actor.id, current, call.origin);
          if (!outcome.ok) return outcome;
          call.jar.drop();
          return done({ erase_at: new Date(outcome.value.eraseAt).toISOString() });
        },
      }),
    },
  },
  {
    path: '/api/account/export/',
    chapter: 'Accounts',
    name: 'Account Export',
    description: 'All that is held about who asks.',
    identify: 'required',
    operations: {
      GET: operation({
        summary: 'Give all that is held about the caller',
        success: { status: 200, schema: EXPORTED, example: EXPORT_EXAMPLE },
        refusals: ['throttled', 'user_not_found'],
        handle: async (call) => {
          const outcome = await exportAccount(call.app, callerOf(call), call.origin);
          return outcome.ok ? done(toExport(call.app, outcome.value)) : outcome;
        },
      }),
    },
  },
  {
    path: '/api/account/take-back/',
    chapter: 'Accounts',
    name: 'Account Take Back',
    description: '',
    identify: 'never',
    operations: {
      POST: operation({
        summary: 'Take a deleted account back with the link of a mail',
        fields: LINK_FIELDS,
        example: { uid: 'MQ', token: 'q7Wv0m…' },
        success: { ...DONE, example: TAKEN_BACK },
        refusals: ['link_refused'],
        limits: LINKS,
        handle: async ({ app, values, origin }) => {
          const outcome = await takeBackByLink(app, presentedLink(values), origin);
          return outcome.ok ? done(TAKEN_BACK) : outcome;
        },
      }),
    },
  },
];
