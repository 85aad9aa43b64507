import type { App } from '../../app.ts';
import type { AuditFilter, Origin, RecordedEvent } from '../../audit/event.ts';
import { eventsInParts } from '../../audit/walk.ts';
import type { Fault } from '../../fault.ts';
import { done, type Outcome, refuse } from '../../outcome.ts';
import { accountsMeant } from '../accounts-meant.ts';
import type { Page, PageRequest } from '../page.ts';
import type { Staff } from '../staff.ts';
import { type EventKey, orderOf } from './event-order.ts';

/** Somebody whom an event names; without a name when his account is gone. */
export interface NamedUser {
  readonly id: number;
  readonly username: string | undefined;
}

/** An event with the names that belong to it now. */
export interface ListedEvent extends RecordedEvent {
  readonly actor: NamedUser | undefined;
  readonly user: NamedUser | undefined;
}

/** What is asked for; actor and user by id, user name or e-mail. */
export interface EventsAsked extends Omit<AuditFilter, 'actorId' | 'userId' | 'before' | 'upTo'> {
  readonly actor?: string | undefined;
  readonly user?: string | undefined;
}

type Needs = Pick<App, 'store'>;

/** Events with the names of those whom they name. */
export async function withNames(
  { accounts }: App['store'],
  events: readonly RecordedEvent[],
): Promise<readonly ListedEvent[]> {
  const ids = events.flatMap(({ event: { actorId, userId } }) => [actorId ?? [], userId ?? []].flat());
  const names = await accounts.usernamesOf([...new Set(ids)]);
  const named = (id: number | undefined) => (id === undefined ? undefined : { id, username: names.get(id) });
  return events.map((one) => ({ ...one, actor: named(one.event.actorId), user: named(one.event.userId) }));
}

const idOf = async ({ accounts }: App['store'], text: string) => (await accountsMeant(accounts, text))[0];

const UNKNOWN: readonly Fault[] = [{ code: 'account_unknown' }];

async function filterOf(
  store: App['store'],
  { actor, user, ...rest }: EventsAsked,
): Promise<Outcome<AuditFilter, 'faulty_fields'>> {
  const actorId = actor === undefined ? undefined : await idOf(store, actor);
  const userId = user === undefined ? undefined : await idOf(store, user);
  const faults = {
    ...(actor !== undefined && actorId === undefined && { actor: UNKNOWN }),
    ...(user !== undefined && userId === undefined && { user: UNKNOWN }),
  };
  return Object.keys(faults).length > 0
    ? refuse('faulty_fields', { faults })
    : done({ ...rest, actorId, userId });
}

/**
 * Events that fit, page by page. With `after`, the id of an event, those that were written later, the oldest first: for who
 * watches. Refuses `faulty_fields` for an account that is nobody's.
 */
export async function listEvents(
  { store }: Needs,
  _staff: Staff,
  asked: EventsAsked,
  oldestFirst: boolean,
  page: PageRequest<EventKey>,
): Promise<Outcome<Page<ListedEvent>, 'faulty_fields'>> {
  const filter = await filterOf(store, asked);
  if (!filter.ok) return filter;
  if (asked.after !== undefined) {
    const newer = await store.audit.listForward(page.size, filter.value);
    return done({ results: await withNames(store, newer), hasNext: false, hasPrevious: false });
  }
  const found = await store.audit.page(filter.value, orderOf(filter.value, oldestFirst), page);
  return done({ ...found, results: await withNames(store, found.results) });
}

async function* inParts(store: App['store'], filter: AuditFilter) {
  for await (const part of eventsInParts(store.audit, filter)) yield withNames(store, part);
}

/**
 * A copy of all events that fit, the oldest first, in parts. That it was taken is noted, and in the copy, with what was asked for;
 * not as it was asked: a name would stay there when its account is erased. Refuses as `listEvents` does.
 */
export async function exportEvents(
  { store, clock }: Pick<App, 'store' | 'clock'>,
  { id: actorId }: Staff,
  asked: EventsAsked,
  origin: Origin,
): Promise<Outcome<AsyncIterable<readonly ListedEvent[]>, 'faulty_fields'>> {
  const filter = await filterOf(store, asked);
  if (!filter.ok) return filter;
  const event = { event: 'audit_exported', userId: undefined, actorId, asked: filter.value } as const;
  await store.audit.record(event, clock.now(), origin);
  return done(inParts(store, filter.value));
}
