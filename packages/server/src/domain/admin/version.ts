import { createHash } from 'node:crypto';
import { done, type Outcome, refuse } from '../outcome.ts';

/** What can be saved of a thing and how it is now, by the field's name in the API; always in one order. */
export type Saveable = Readonly<Record<string, unknown>>;

/** Of what has an id the id counts: a group by another name is still the group that an account is in. */
function digest(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value, ['id']))
    .digest('base64url')
    .slice(0, 10);
}

/**
 * Stands for these values, whoever wrote them and when. It has 60 bits for each field, so that it can be said later which
 * of them are others by then.
 */
export function versionOf(now: Saveable): string {
  return Object.values(now).map(digest).join('.');
}

/**
 * Is the thing still as it was when the version was read? Without a version that does not matter. Ask in the transaction of
 * the change, when nobody else can change the thing any more. Refuses `changed_meanwhile`; a version that is none is that of
 * no value.
 */
export function stillAsRead(
  version: string | undefined,
  now: Saveable,
): Outcome<undefined, 'changed_meanwhile'> {
  if (version === undefined) return done(undefined);
  const read = version.split('.');
  const others = Object.entries(now).filter(([, value], place) => digest(value) !== read[place]);
  if (others.length === 0) return done(undefined);
  return refuse('changed_meanwhile', {
    meanwhile: { changed: Object.fromEntries(others), version: versionOf(now) },
  });
}
