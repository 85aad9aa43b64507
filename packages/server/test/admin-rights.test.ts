import { describe, expect } from 'vitest';
import type { Permission } from '../src/domain/admin/permissions.ts';
import { METHODS, type Method, type Operation, type Route } from '../src/http/route.ts';
import { ROUTES } from '../src/http/routes/all.ts';
import { make, PASSWORD, type Rights, signIn, staff } from './support/admin.ts';
import { loggedIn, type Reply, test, type World } from './support/world.ts';

interface Door {
  readonly method: Method;
  /** with the examples of its parameters */
  readonly path: string;
  readonly needs: NonNullable<Operation['staff']>;
  readonly isDangerous: boolean;
}

function doorsOf(route: Route): Door[] {
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name) => route.parameters?.[name]?.example ?? name);
  return METHODS.flatMap((method) => {
    const { staff: needs, stepUp: isDangerous = false } = route.operations[method] ?? {};
    return needs === undefined ? [] : [{ method, path, needs, isDangerous }];
  });
}

/** Every operation of the admin API. That which ends the session comes last. */
const ALL = ROUTES.flatMap(doorsOf);
const isSignOut = ({ method, path }: Door) => method === 'DELETE' && path === '/api/admin/session/';
const DOORS = [...ALL.filter((door) => !isSignOut(door)), ...ALL.filter(isSignOut)];
const CLOSED = DOORS.filter(({ needs }) => needs !== 'nobody');

type AskAt = (door: Door) => Promise<Reply>;

/** What came of knocking at a door: let through (whatever became of the empty body), or why not. */
function outcomeOf({ status, json }: Reply): string {
  if (status === 401) return 'stranger';
  if (status !== 403) return 'in';
  return json?.code === 'permission_denied' || json?.code === 'step_up_required' ? json.code : 'in';
}

/** Knocks at every door, and tells of those that answer other than they have to. */
async function surprises(
  doors: readonly Door[],
  askAt: AskAt,
  expected: (door: Door) => string,
): Promise<string[]> {
  const found: string[] = [];
  for (const door of doors) {
    const outcome = outcomeOf(await askAt(door));
    const wanted = expected(door);
    if (outcome !== wanted) found.push(`${door.method} ${door.path}: ${outcome}, not ${wanted}`);
  }
  return found;
}

/** Staff with these rights: what is theirs opens, but for what is dangerous; nothing else does. */
const withRights = (rights: Rights) => (door: Door) => {
  const isHis = rights === 'superuser' || door.needs === 'any' || rights.includes(door.needs as Permission);
  if (!isHis) return 'permission_denied';
  return door.isDangerous ? 'step_up_required' : 'in';
};

const bySite = async (world: World, name: string, rights: Rights): Promise<AskAt> => {
  const site = await staff(world, name, rights);
  return ({ method, path }) => site.ask(method, path, method === 'GET' ? undefined : {});
};

const byToken =
  (world: World, token: string): AskAt =>
  ({ method, path }) =>
    world.ask(method, path, { token, ...(method !== 'GET' && { body: {} }) });

describe('every operation of the admin API [H-20, ASVS 8.2.1, ASVS 8.3.1]', () => {
  test('says who may: only signing in is open to strangers', () => {
    expect(DOORS.length).toBeGreaterThanOrEqual(4);
    expect(DOORS.filter(({ needs }) => needs === 'nobody')).toMatchObject([
      { method: 'POST', path: '/api/admin/session/' },
    ]);
  });

  test('is closed to strangers, to tokens that are none, and to cookies that are none', async ({ world }) => {
    const cookie = { Cookie: `__Host-latchkey_admin=${'A'.repeat(43)}` };
    const stranger: AskAt = ({ method, path }) => world.ask(method, path, {});
    const guesser: AskAt = ({ method, path }) => world.ask(method, path, { headers: cookie });
    for (const ask of [stranger, byToken(world, 'a.b.c'), guesser])
      expect(await surprises(CLOSED, ask, () => 'stranger')).toEqual([]);
  });

  test('is closed to ordinary users', async ({ world }) => {
    const { access } = await loggedIn(world);
    expect(await surprises(CLOSED, byToken(world, access), () => 'permission_denied')).toEqual([]);
  });

  test('is closed to staff without rights, but for their own session', async ({ world }) => {
    expect(await surprises(CLOSED, await bySite(world, 'clerk', []), withRights([]))).toEqual([]);
    const login = await world.post('/api/token/', { username: 'clerk', password: PASSWORD });
    expect(await surprises(CLOSED, byToken(world, login.json.access), withRights([]))).toEqual([]);
  });

  test('opens to staff with some rights where these are theirs, and nowhere else', async ({ world }) => {
    await make(world, 'bystander', 'ordinary');
    const some: Permission[][] = [
      ['view_user'],
      ['view_group', 'change_group', 'view_auditevent'],
      ['add_user', 'delete_user', 'change_key'],
    ];
    for (const [i, rights] of some.entries())
      expect(await surprises(CLOSED, await bySite(world, `clerk${i}`, rights), withRights(rights))).toEqual(
        [],
      );
  });

  test('opens to superusers; what is dangerous wants the password again', async ({ world }) => {
    // whom the examples in the paths name
    await make(world, 'bystander', 'ordinary');
    const ask = await bySite(world, 'boss', 'superuser');
    expect(await surprises(CLOSED, ask, withRights('superuser'))).toEqual([]);
  });

  test('is closed to a session that has ended, whoever’s it was', async ({ world }) => {
    await make(world, 'boss', 'superuser');
    const site = await signIn(world, 'boss');
    await site.ask('DELETE', '/api/admin/session/');
    const ask: AskAt = ({ method, path }) => site.ask(method, path, method === 'GET' ? undefined : {});
    expect(await surprises(CLOSED, ask, () => 'stranger')).toEqual([]);
    const login = await world.post('/api/token/', { username: 'boss', password: PASSWORD });
    await world.post('/api/logout/', undefined, { token: login.json.access });
    expect(await surprises(CLOSED, byToken(world, login.json.access), () => 'stranger')).toEqual([]);
  });
});
