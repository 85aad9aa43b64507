import { networkOf } from '../limits/network.ts';
import type { AuditEvent, Origin } from './event.ts';

/** An event that waits to be written. */
export interface WaitingEvent {
  readonly event: AuditEvent;
  readonly at: number;
  readonly origin: Origin;
}

/** Logins that failed, as they go into the audit trail. */
export interface FailedLogins {
  /** `userId`: whose password was tried; undefined when it was nobody's */
  failed(userId: number | undefined, at: number, origin: Origin): void;
  /** What is to be written now. `all`: also of minutes that are not over. */
  due(now: number, all?: boolean): readonly WaitingEvent[];
}

interface Tally {
  readonly userId: number | undefined;
  readonly origin: Origin;
  readonly began: number;
  last: number;
  /** those that have no event yet */
  attempts: number;
  /** one event has been written already */
  isKnown: boolean;
}

const MINUTE = 60_000;

/** Accounts and networks that are told apart in a minute; the failures beyond them are one tally. */
const MOST = 200;

const MANY: Origin = { ip: '', userAgent: 'many', requestId: '' };

/**
 * Sums up failed logins by account and network: the first one is an event, the others of its minute are one more. So
 * a flood of them is at most two events a minute for each account and network, and 402 in all. The name that was typed is not
 * kept, for it may be a password.
 */
export function failedLogins(): FailedLogins {
  const tallies = new Map<string, Tally>();
  const tallyOf = (userId: number | undefined, at: number, origin: Origin): Tally => {
    const own = `${userId ?? ''} ${networkOf(origin.ip)}`;
    const isOver = tallies.size >= MOST && !tallies.has(own);
    const key = isOver ? 'many' : own;
    const whose = isOver ? { userId: undefined, origin: MANY } : { userId, origin };
    const tally = tallies.get(key) ?? { ...whose, began: at, last: at, attempts: 0, isKnown: false };
    tallies.set(key, tally);
    return tally;
  };
  return {
    failed(userId, at, origin) {
      const tally = tallyOf(userId, at, origin);
      tally.attempts += 1;
      tally.last = at;
    },
    due(now, all = false) {
      const events: WaitingEvent[] = [];
      for (const [key, tally] of tallies) {
        const isOver = all || now - tally.began >= MINUTE;
        if (tally.attempts > 0 && (isOver || !tally.isKnown)) {
          const { userId, attempts, last: at, origin } = tally;
          events.push({ event: { event: 'login_failed', userId, attempts }, at, origin });
          tally.attempts = 0;
          tally.isKnown = true;
        }
        if (isOver) tallies.delete(key);
      }
      return events;
    },
  };
}
