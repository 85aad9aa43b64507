import type { App } from '../../app.ts';
import type { Origin } from '../../audit/event.ts';
import { done, type Outcome, refuse } from '../../outcome.ts';
import { listSessions, type ShownSession } from '../../sessions/list.ts';
import type { Store } from '../../store.ts';
import { withinReach } from '../grants.ts';
import type { Page, PageRequest } from '../page.ts';
import type { Staff } from '../staff.ts';
import type { ListedToken, TokenKey } from '../tokens/token-store.ts';
import { findUser } from './reach.ts';

/** The live sessions of an account, the newest first. Refuses `account_not_found`. */
export async function listUserSessions(
  app: Pick<App, 'store' | 'clock' | 'config'>,
  staff: Staff,
  id: number,
): Promise<Outcome<readonly ShownSession[], 'account_not_found'>> {
  const found = await findUser(app.store, staff, id);
  if (!found.ok) return found;
  const { isStaff, isSuperuser, username } = found.value;
  return done(await listSessions(app, { id, username, isStaff, isSuperuser, sessionId: staff.sessionId }));
}

/** Ends one live session of an account. Refuses `account_not_found`, `permission_denied`, `session_not_found`. */
export async function endUserSession(
  { store: outer, clock }: Pick<App, 'store' | 'clock'>,
  staff: Staff,
  userId: number,
  sessionId: string,
  origin: Origin,
): Promise<Outcome<undefined, 'account_not_found' | 'permission_denied' | 'session_not_found'>> {
  const now = clock.now();
  return outer.transaction(async (store) => {
    const found = await withinReach(store, staff, userId);
    if (!found.ok) return found;
    if (!(await store.sessions.end(sessionId, userId, now))) return refuse('session_not_found');
    await store.audit.record({ event: 'session_ended', userId, sessionId, why: 'staff' }, now, origin);
    return done(undefined);
  });
}

/** Ends every session of an account in a transaction; how many. Refuses as `endUserSessions`. */
export async function endUserSessionsIn(
  store: Store,
  staff: Staff,
  userId: number,
  at: number,
  origin: Origin,
): Promise<Outcome<number, 'account_not_found' | 'permission_denied'>> {
  const found = await withinReach(store, staff, userId);
  if (!found.ok) return found;
  const sessionsEnded = await store.sessions.endAllOf(userId, at);
  await store.audit.record({ event: 'sessions_ended', userId, sessionsEnded }, at, origin);
  return done(sessionsEnded);
}

/** Ends every session of an account, and what Django issued to it: how many sessions. Refuses `account_not_found`, `permission_denied`. */
export function endUserSessions(
  { store: outer, clock }: Pick<App, 'store' | 'clock'>,
  staff: Staff,
  userId: number,
  origin: Origin,
): Promise<Outcome<number, 'account_not_found' | 'permission_denied'>> {
  const now = clock.now();
  return outer.transaction(async (store) => endUserSessionsIn(store, staff, userId, now, origin));
}

/** The refresh tokens of an account, of its sessions and of Django. Refuses `account_not_found`. */
export async function listUserTokens(
  { store, clock }: Pick<App, 'store' | 'clock'>,
  staff: Staff,
  userId: number,
  page: PageRequest<TokenKey>,
): Promise<Outcome<Page<ListedToken>, 'account_not_found'>> {
  const found = await findUser(store, staff, userId);
  return found.ok ? done(await store.tokens.list({ userIds: [userId] }, page, clock.now())) : found;
}
