import { PERMISSIONS } from '../../../domain/admin/permissions.ts';
import { actOnUsers, BULK_ACTIONS } from '../../../domain/admin/users/bulk.ts';
import { createUser } from '../../../domain/admin/users/create.ts';
import { exportUsers } from '../../../domain/admin/users/export.ts';
import { countUsers, listUsers } from '../../../domain/admin/users/list.ts';
import { showUser } from '../../../domain/admin/users/show.ts';
import type { App } from '../../../domain/app.ts';
import { withLowerDomain } from '../../../domain/email/address.ts';
import { done, refuse } from '../../../domain/outcome.ts';
import type { Account } from '../../../domain/store.ts';
import { csvLine } from '../../csv.ts';
import { pageBody, pageSuccess } from '../../pages.ts';
import { operation, type Route, staffOf } from '../../route.ts';
import { DETAIL, DETAIL_EXAMPLE, detailBody, USER, USER_EXAMPLE, userBody } from './user-body.ts';
import { cursorKey, pageAsked, USER_FILTERS, USER_PAGES, userQuery } from './user-query.ts';

const flag = (label: string) => ({ kind: 'boolean', label, required: false }) as const;

/** Rights as fields of a body. */
export const RIGHTS_FIELDS = {
  is_staff: flag('Staff status'),
  is_superuser: flag('Superuser status'),
  groups: { kind: 'ids', label: 'Groups', required: false, most: 200 },
  permissions: { kind: 'choices', label: 'Permissions', required: false, of: PERMISSIONS },
} as const;

const CREATED_EXAMPLE = { ...DETAIL_EXAMPLE, set_up_link: null };

/** /api/admin/users/: find accounts, and create one. */
const usersRoute: Route = {
  path: '/api/admin/users/',
  chapter: 'Admin',
  name: 'Admin Users',
  description: 'Accounts.',
  identify: 'required',
  operations: {
    GET: operation({
      summary: 'List accounts',
      staff: 'view_user',
      query: { ...USER_FILTERS, ...USER_PAGES },
      success: pageSuccess(USER, USER_EXAMPLE),
      refusals: ['faulty_fields'],
      handle: async (call) => {
        const { app, query } = call;
        const filters = userQuery(query);
        const asked = pageAsked(query, filters);
        if (!asked.ok) return asked;
        const { order, page } = asked.value;
        const users = await listUsers(app, staffOf(call), filters, order, page);
        const keyOf = ({ key }: (typeof users.results)[number]) => cursorKey(order, key);
        return done(pageBody(call, users, keyOf, ({ account }) => userBody(app, account)));
      },
    }),
    POST: operation({
      summary: 'Create an account, whose password is set by a link; rights want the password again',
      staff: 'add_user',
      fields: {
        username: { kind: 'string', label: 'Username', required: true, maxLength: 100 },
        email: { kind: 'email', label: 'Email', required: false, mayBeBlank: true, maxLength: 254 },
        full_name: { kind: 'string', label: 'Full name', required: false, mayBeBlank: true, maxLength: 300 },
        verified: flag('Verified'),
        send_set_up_link: flag('Send the link by mail'),
        ...RIGHTS_FIELDS,
      },
      example: { username: 'alice', email: 'alice@example.com', send_set_up_link: true },
      success: {
        status: 201,
        schema: {
          ...DETAIL,
          required: Object.keys(CREATED_EXAMPLE),
          properties: {
            ...DETAIL.properties,
            set_up_link: {
              type: ['string', 'null'],
              description: 'Where the password is set, for 24 hours; null when it was sent by mail',
            },
          },
        },
        example: CREATED_EXAMPLE,
      },
      refusals: ['faulty_fields', 'permission_denied', 'step_up_required', 'account_not_found'],
      handle: async (call) => {
        const { app, values } = call;
        const { username, email = '', full_name: fullName = '', verified = false } = values;
        const { is_staff: isStaff, is_superuser: isSuperuser, groups, permissions } = values;
        const user = {
          ...{ username, email: withLowerDomain(email), fullName, verified },
          ...{ isStaff, isSuperuser, groups, permissions },
          sendsLink: values.send_set_up_link ?? false,
        };
        const created = await createUser(app, staffOf(call), user, call.origin);
        if (!created.ok) return created;
        const { id, setUpLink = null } = created.value;
        const shown = await showUser(app, staffOf(call), id);
        return shown.ok ? done({ ...detailBody(app, shown.value), set_up_link: setUpLink }) : shown;
      },
    }),
  },
};

/** GET /api/admin/users/count/ */
const usersCountRoute: Route = {
  path: '/api/admin/users/count/',
  chapter: 'Admin',
  name: 'Admin User Count',
  description: 'How many accounts there are.',
  identify: 'required',
  operations: {
    GET: operation({
      summary: 'Count accounts',
      staff: 'view_user',
      query: USER_FILTERS,
      success: {
        status: 200,
        schema: { type: 'object', required: ['count'], properties: { count: { type: 'integer' } } },
        example: { count: 42 },
      },
      refusals: [],
      handle: async (call) =>
        done({ count: await countUsers(call.app, staffOf(call), userQuery(call.query)) }),
    }),
  },
};

const COLUMNS = [
  ...(['id', 'username', 'email', 'full_name', 'is_active', 'is_staff', 'is_superuser', 'verified'] as const),
  ...(['has_usable_password', 'hash', 'date_joined', 'last_login'] as const),
];

async function* csvOf(app: App, parts: AsyncIterable<readonly Account[]>) {
  yield csvLine(COLUMNS);
  for await (const accounts of parts) {
    const bodies = accounts.map((account) => userBody(app, account));
    yield bodies.map((body) => csvLine(COLUMNS.map((column) => body[column]))).join('');
  }
}

/** GET /api/admin/users/export/ */
const usersExportRoute: Route = {
  path: '/api/admin/users/export/',
  chapter: 'Admin',
  name: 'Admin User Export',
  description: 'Accounts for a spreadsheet. That they were taken is noted.',
  identify: 'required',
  operations: {
    GET: operation({
      summary: 'Download accounts as CSV, in order of id; what would be a formula has a quote before it',
      staff: 'view_user',
      query: USER_FILTERS,
      success: {
        status: 200,
        file: { type: 'text/csv; charset=utf-8', name: 'users.csv' },
        schema: { type: 'string' },
        example: 'id,username,email\r\n7,alice,alice@example.com\r\n',
      },
      refusals: [],
      handle: async (call) =>
        done(csvOf(call.app, exportUsers(call.app, staffOf(call), userQuery(call.query), call.origin))),
    }),
  },
};

const BULK_EXAMPLE = { changed: 2, skipped: [{ id: 7, reason: 'last_superuser' }] };

/** POST /api/admin/users/bulk/ */
const usersBulkRoute: Route = {
  path: '/api/admin/users/bulk/',
  chapter: 'Admin',
  name: 'Admin User Bulk',
  description: 'One thing done to many accounts.',
  identify: 'required',
  operations: {
    POST: operation({
      summary: `Do one of ${BULK_ACTIONS.join(', ')} to at most 1,000 accounts; deleting wants the password again`,
      staff: 'view_user',
      fields: {
        action: { kind: 'string', label: 'Action', required: true },
        ids: { kind: 'ids', label: 'Ids', required: true, most: 1_000 },
      },
      example: { action: 'verify', ids: [7, 8, 9] },
      success: {
        status: 200,
        schema: {
          type: 'object',
          required: Object.keys(BULK_EXAMPLE),
          properties: {
            changed: { type: 'integer' },
            skipped: {
              type: 'array',
              items: {
                type: 'object',
                required: ['id', 'reason'],
                properties: { id: { type: 'integer' }, reason: { type: 'string' } },
              },
            },
          },
        },
        example: BULK_EXAMPLE,
      },
      refusals: ['faulty_fields', 'permission_denied', 'step_up_required'],
      handle: async (call) => {
        const { action: asked, ids } = call.values;
        const action = BULK_ACTIONS.find((one) => one === asked);
        const choices = BULK_ACTIONS;
        if (action === undefined)
          return refuse('faulty_fields', { faults: { action: [{ code: 'not_a_choice', choices }] } });
        return actOnUsers(call.app, staffOf(call), action, ids, call.origin);
      },
    }),
  },
};

/** Accounts in general. */
export const usersRoutes: readonly Route[] = [usersRoute, usersCountRoute, usersExportRoute, usersBulkRoute];
