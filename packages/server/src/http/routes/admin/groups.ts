import type { Group } from '../../../domain/admin/admin-store.ts';
import {
  addGroup,
  changeGroup,
  findGroup,
  listGroups,
  removeGroup,
  saveableOf,
} from '../../../domain/admin/groups.ts';
import { PERMISSIONS } from '../../../domain/admin/permissions.ts';
import { versionOf } from '../../../domain/admin/version.ts';
import { done, type Outcome, type Reason } from '../../../domain/outcome.ts';
import { readUserId as readId } from '../../../domain/tokens/user-id.ts';
import { pageBody, pageParameters, pageRequest, pageSuccess } from '../../pages.ts';
import { someText } from '../../query.ts';
import { operation, type Route, staffOf } from '../../route.ts';
import { VERSION, VERSION_FIELD } from './version-field.ts';

const EXAMPLE = {
  id: 1,
  name: 'Support',
  permissions: ['view_user', 'view_session'],
  version: VERSION.example,
};

const CODENAMES = { type: 'array', items: { type: 'string', enum: PERMISSIONS } };

const GROUP = {
  type: 'object',
  required: Object.keys(EXAMPLE),
  properties: {
    id: { type: 'integer' },
    name: { type: 'string' },
    permissions: {
      ...CODENAMES,
      description:
        'What its members may here. What it holds for a Django project alone is not shown, and stays',
    },
    version: VERSION.schema,
  },
};

const OK = { status: 200 as const, schema: GROUP, example: EXAMPLE };

function toBody(group: Group) {
  const saveable = saveableOf(group);
  return { id: group.id, ...saveable, version: versionOf(saveable) };
}

function inBody<R extends Reason>(outcome: Outcome<Group, R>): Outcome<unknown, R> {
  return outcome.ok ? done(toBody(outcome.value)) : outcome;
}

const fieldsOf = <const R extends boolean>(required: R) =>
  ({
    name: { kind: 'string', label: 'Name', required, maxLength: 150 },
    permissions: { kind: 'choices', label: 'Permissions', required: false, of: PERMISSIONS },
  }) as const;

/** /api/admin/groups/: who is in a group may what the group may. */
export const adminGroupsRoute: Route = {
  path: '/api/admin/groups/',
  chapter: 'Admin',
  name: 'Admin Groups',
  description: 'Groups and their permissions.',
  identify: 'required',
  operations: {
    GET: operation({
      summary: 'List groups',
      staff: 'view_group',
      query: { ...pageParameters('number'), search: someText('In the name, whatever its case') },
      success: pageSuccess(GROUP, EXAMPLE),
      refusals: [],
      handle: async (call) => {
        const { cursor, page_size, search = '' } = call.query;
        const { size, after, before } = pageRequest<readonly [number]>({ cursor, page_size });
        const page = { size, after: after?.[0], before: before?.[0] };
        const groups = await listGroups(call.app, staffOf(call), page, search);
        return done(pageBody(call, groups, ({ id }) => [id], toBody));
      },
    }),
    POST: operation({
      summary: 'Make a group',
      staff: 'add_group',
      fields: fieldsOf(true),
      example: { name: EXAMPLE.name, permissions: EXAMPLE.permissions },
      success: { ...OK, status: 201 },
      refusals: ['faulty_fields', 'permission_denied'],
      handle: async (call) => {
        const { name, permissions = [] } = call.values;
        return inBody(await addGroup(call.app, staffOf(call), { name, permissions }, call.origin));
      },
    }),
  },
};

/** /api/admin/groups/{id}/ */
export const adminGroupRoute: Route = {
  path: '/api/admin/groups/{id}/',
  parameters: { id: { about: 'The id of a group', pattern: '[^/.]+', example: '1' } },
  chapter: 'Admin',
  name: 'Admin Group',
  description: 'One group and its permissions.',
  identify: 'required',
  operations: {
    GET: operation({
      summary: 'Show a group',
      staff: 'view_group',
      success: OK,
      refusals: ['group_not_found'],
      handle: async (call) => inBody(await findGroup(call.app, staffOf(call), readId(call.parameters.id))),
    }),
    PATCH: operation({
      summary: 'Rename a group, or say anew what its members may',
      staff: 'change_group',
      stepUp: true,
      fields: { ...fieldsOf(false), ...VERSION_FIELD },
      example: { permissions: ['view_user'] },
      success: OK,
      refusals: ['group_not_found', 'faulty_fields', 'permission_denied', 'changed_meanwhile'],
      handle: async (call) => {
        const id = readId(call.parameters.id);
        return inBody(await changeGroup(call.app, staffOf(call), id, call.values, call.origin));
      },
    }),
    DELETE: operation({
      summary: 'Delete a group; its members lose what they had by it',
      staff: 'delete_group',
      stepUp: true,
      success: { status: 204 },
      refusals: ['group_not_found', 'permission_denied'],
      handle: (call) => removeGroup(call.app, staffOf(call), readId(call.parameters.id), call.origin),
    }),
  },
};

/** GET /api/admin/permissions/: all there is to hand out. */
export const adminPermissionsRoute: Route = {
  path: '/api/admin/permissions/',
  chapter: 'Admin',
  name: 'Admin Permissions',
  description: 'All permissions there are.',
  identify: 'required',
  operations: {
    GET: operation({
      summary: 'List the permissions there are',
      staff: 'any',
      success: {
        status: 200,
        schema: { type: 'object', required: ['permissions'], properties: { permissions: CODENAMES } },
        example: { permissions: PERMISSIONS },
      },
      refusals: [],
      handle: async () => done({ permissions: PERMISSIONS }),
    }),
  },
};
