import type { Actor } from '../actor.ts';
import type { App } from '../app.ts';
import type { Origin, RecordedEvent } from '../audit/event.ts';
import { ACCOUNT_EXPORT } from '../limits/limit.ts';
import { spendOf } from '../limits/spend.ts';
import { done, type Outcome, refuse } from '../outcome.ts';
import type { Store } from '../store.ts';
import type { HeldAboutPerson } from './personal-data.ts';

/** The newest events; more make no file that anybody reads. */
const MOST_EVENTS = 10_000;

const PAGE = 500;

/** What is told to a person of what is held about him. */
export interface PersonalData extends HeldAboutPerson {
  /** the newest first, at most 10,000 */
  readonly events: readonly RecordedEvent[];
}

/** In pages: one after the other lets others get at the database. */
async function eventsAbout({ audit }: Store, userId: number): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  while (events.length < MOST_EVENTS) {
    const page = await audit.list(PAGE, { userId, before: events.at(-1)?.id });
    events.push(...page);
    if (page.length < PAGE) break;
  }
  return events;
}

/**
 * All that is held about the caller, without passwords, hashes and tokens. Refuses `throttled` when it was asked for too often, and
 * `user_not_found` when the account has gone meanwhile.
 */
export async function exportAccount(
  app: Pick<App, 'store' | 'clock' | 'config' | 'meter'>,
  { id }: Actor,
  origin: Origin,
): Promise<Outcome<PersonalData, 'throttled' | 'user_not_found'>> {
  const counted = await spendOf(app, ACCOUNT_EXPORT, id, origin);
  if (!counted.ok) return counted;
  const held = await app.store.transaction(async (store) => {
    const found = await store.personalData.heldAbout(id);
    if (found !== undefined)
      await store.audit.record({ event: 'account_exported', userId: id }, app.clock.now(), origin);
    return found;
  });
  if (held === undefined) return refuse('user_not_found');
  return done({ ...held, events: await eventsAbout(app.store, id) });
}
