import { createHash } from 'node:crypto';
import type { Actor } from '../actor.ts';
import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { done, type Outcome, refuse } from '../outcome.ts';
import { purgeInBatches } from '../purge-batches.ts';
import type { Random } from '../system.ts';
import type { AdminSession } from './admin-store.ts';
import { PERMISSIONS, type Permission } from './permissions.ts';
import type { Staff } from './staff.ts';

const MINUTE = 60_000;

/** How long a session of the admin lives unused, and at most, in milliseconds (ASVS 7.3.1, 7.3.2). */
const IDLE = 30 * MINUTE;
const LONGEST = 12 * 60 * MINUTE;

/** Use is noted at most so often: a page that looks again and again is not to write each time. */
const NOTED_EVERY = MINUTE;

/** The id of a new session: 256 random bits, base64url. Only the browser keeps it. */
export function newAdminSessionId(random: Random): string {
  return Buffer.from(random.bytes(32)).toString('base64url');
}

/** As which an id is stored: who reads the database cannot use what he finds there. */
export function keyOfAdminSession(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}

/** When a session ends, at the latest and when it is not used again. */
export function endsOf({ createdAt, usedAt }: AdminSession): {
  readonly latest: number;
  readonly idle: number;
} {
  const latest = createdAt + LONGEST;
  return { latest, idle: Math.min(latest, usedAt + IDLE) };
}

/**
 * Who asks by a session of the admin site. What he may is not known by that: `asStaff` reads it.
 * Refuses `not_authenticated`: no such session, one that has expired, or one of an account that is not active staff any more.
 */
export async function adminActorOf(
  { store, clock }: Pick<App, 'store' | 'clock'>,
  id: string,
): Promise<Outcome<Actor, 'not_authenticated'>> {
  const now = clock.now();
  const found = await store.adminSessions.find(keyOfAdminSession(id));
  if (found === undefined || now >= endsOf(found.session).idle) return refuse('not_authenticated');
  const { session, account } = found;
  if (!account.isActive || !account.isStaff) return refuse('not_authenticated');
  const usedAt = now - session.usedAt > NOTED_EVERY ? now : session.usedAt;
  if (usedAt === now) await store.adminSessions.noteUse(session.key, now);
  const { id: userId, username, isStaff, isSuperuser } = account;
  const adminSession = { ...session, usedAt };
  return done({ id: userId, username, isStaff, isSuperuser, sessionId: undefined, adminSession });
}

/** What the admin site has to know of who uses it. */
export interface AdminView {
  readonly user: {
    readonly id: number;
    readonly username: string;
    readonly email: string;
    readonly isSuperuser: boolean;
    readonly permissions: readonly Permission[];
  };
  /** undefined with a bearer token */
  readonly session: AdminSession | undefined;
  readonly steppedUpUntil: number | undefined;
}

/** Who uses the admin, and what he may. */
export async function viewOf({ store }: Pick<App, 'store'>, staff: Staff): Promise<AdminView> {
  const account = await store.accounts.byId(staff.id);
  const { id, username, isSuperuser, adminSession: session, steppedUpUntil } = staff;
  const permissions = PERMISSIONS.filter((codename) => staff.permissions.has(codename));
  return {
    user: { id, username, email: account?.email ?? '', isSuperuser, permissions },
    session,
    steppedUpUntil,
  };
}

/** Ends the session of the admin site that he asks from; with a bearer token there is none. */
export async function signOut(
  { store, clock }: Pick<App, 'store' | 'clock'>,
  { id: userId, adminSession }: Staff,
  origin: Origin,
): Promise<Outcome<undefined, never>> {
  if (adminSession === undefined) return done(undefined);
  await store.transaction(async (store) => {
    if (await store.adminSessions.end(adminSession.key))
      await store.audit.record({ event: 'admin_signed_out', userId, actorId: userId }, clock.now(), origin);
  });
  return done(undefined);
}

/** Deletes sessions of the admin site that are too old to live, and what was noted about stepping up. How many. */
export function purgeAdminSessions({ store, clock }: Pick<App, 'store' | 'clock'>): Promise<number> {
  const before = clock.now() - LONGEST;
  return purgeInBatches((limit) => store.adminSessions.purge(before, limit));
}
