import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { usualDelay } from '../keys/delay.ts';
import { type ListedKey, listKeys } from '../keys/list.ts';
import {
  type KeyOutcome,
  type KeyRefusal,
  type RetiringRefusal,
  retireKey,
  rotateKey,
} from '../keys/manage.ts';
import { done, type Outcome, type Reason, refuse } from '../outcome.ts';
import type { SigningAlgorithm } from '../tokens/keys.ts';
import type { Staff } from './staff.ts';

type Needs = Pick<App, 'store' | 'clock' | 'random' | 'config' | 'keys'>;

/** Of a key that others verify with, nobody holds a secret. */
const USUAL: SigningAlgorithm = 'EdDSA';

/** The keys of the ring and what each does now, the newest first; nothing secret of them. */
export function listKeysForStaff(
  app: Pick<App, 'store' | 'clock'>,
  _staff: Staff,
): Promise<readonly ListedKey[]> {
  return listKeys(app);
}

/** This server goes by the change at once, others within a second. */
async function taken<R extends KeyRefusal & Reason>(
  app: Needs,
  outcome: KeyOutcome<R>,
): Promise<Outcome<ListedKey, R>> {
  if ('refused' in outcome) return refuse(outcome.refused);
  await app.keys.reload();
  const listed = (await listKeys(app)).find(({ kid }) => kid === outcome.key.kid);
  if (listed === undefined) throw new Error('a key that was just changed is not in the ring');
  return done(listed);
}

/**
 * Has a new key sign: as soon as every server and every reader of the public keys has it, or at once with `isAtOnce`.
 * Refuses `rotation_under_way` when one is, unless it is at once.
 */
export async function rotateKeyAsStaff(
  app: Needs,
  { id: actorId }: Staff,
  {
    algorithm = USUAL,
    isAtOnce,
  }: { readonly algorithm?: SigningAlgorithm | undefined; readonly isAtOnce: boolean },
  origin: Origin,
): Promise<Outcome<ListedKey, 'rotation_under_way'>> {
  const delay = isAtOnce ? 0 : usualDelay(algorithm) * 1000;
  const order = { to: { algorithm }, delay, retiresOthers: false };
  const outcome = await rotateKey(app, order, { ...origin, actorId });
  if (!('refused' in outcome)) return taken<'rotation_under_way'>(app, outcome);
  const { refused } = outcome;
  // What is wrong with a key of the ring cannot be with a new one.
  if (refused !== 'rotation_under_way') throw new Error(`a new key was refused: ${refused}`);
  return refuse(refused);
}

/** Accepts nothing any more that a key has signed. Refuses the one that signs, the one that will, and what is no key. */
export async function retireKeyAsStaff(
  app: Needs,
  { id: actorId }: Staff,
  kid: string,
  origin: Origin,
): Promise<Outcome<ListedKey, RetiringRefusal>> {
  return taken(app, await retireKey(app, kid, { ...origin, actorId }));
}
