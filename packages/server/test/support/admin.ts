import { type Permission, storedAs } from '../../src/domain/admin/permissions.ts';
import { addAccount } from './race.ts';
import type { Ask, Reply, World } from './world.ts';

export const PASSWORD = 'Sup3rSecret!x';

/** Where the pages of a world's admin site come from. */
export const ORIGIN = 'http://127.0.0.1';

export type Rights = 'superuser' | 'ordinary' | readonly Permission[];

/** Makes an account: a superuser, an ordinary user, or staff with these permissions; its id. */
export async function make(world: World, username: string, rights: Rights): Promise<number> {
  const { id } = await addAccount(world.app, username, PASSWORD);
  const isSuperuser = rights === 'superuser';
  const flags = { isStaff: rights !== 'ordinary', isSuperuser };
  await world.app.store.transaction((store) => store.accounts.change(id, flags));
  const held = typeof rights === 'string' ? [] : rights;
  const rows = held.map((codename) => ({ user_id: id, permission: storedAs(codename) }));
  if (rows.length > 0) await world.lent.database.db.insertInto('user_permissions').values(rows).execute();
  return id;
}

/** Somebody who is signed in to the admin site, as its pages send requests. */
export interface AdminSite {
  /** name and value */
  readonly cookie: string;
  readonly csrf: string;
  get(path: string): Promise<Reply>;
  ask(method: string, path: string, body?: unknown, headers?: Ask['headers']): Promise<Reply>;
  /** gives the password again */
  stepUp(): Promise<void>;
}

const SIGN_IN = '/api/admin/session/';

export function postSession(
  world: World,
  username: string,
  password = PASSWORD,
  origin = ORIGIN,
): Promise<Reply> {
  return world.post(SIGN_IN, { username, password }, { headers: { Origin: origin } });
}

/** Signs in with the password that `make` gave. */
export async function signIn(world: World, username: string, origin = ORIGIN): Promise<AdminSite> {
  const reply = await postSession(world, username, PASSWORD, origin);
  if (reply.status !== 200) throw new Error(`${username} could not sign in: ${reply.text}`);
  const [cookie = ''] = (reply.headers.get('set-cookie') ?? '').split(';');
  const csrf = reply.json.csrf_token;
  const ask: AdminSite['ask'] = (method, path, body, headers) => {
    const own = { Cookie: cookie, Origin: origin, 'X-CSRFToken': csrf, 'Sec-Fetch-Site': 'same-origin' };
    return world.ask(method, path, { body, headers: { ...own, ...headers } });
  };
  return {
    cookie,
    csrf,
    get: (path) => ask('GET', path),
    ask,
    async stepUp() {
      const reply = await ask('POST', `${SIGN_IN}step-up/`, { password: PASSWORD });
      if (reply.status !== 200) throw new Error(`${username} could not step up: ${reply.text}`);
    },
  };
}

/** Makes an account with these rights and signs it in. */
export async function staff(
  world: World,
  username: string,
  rights: Rights,
  origin = ORIGIN,
): Promise<AdminSite> {
  await make(world, username, rights);
  return signIn(world, username, origin);
}
