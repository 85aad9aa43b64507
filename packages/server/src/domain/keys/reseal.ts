import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { deriveKey } from './derive.ts';
import { placeOf } from './in-force.ts';
import { seal, unseal, unsealWithAny } from './seal.ts';

/** What became of the private parts in the ring, by kid. */
export interface Resealed {
  readonly resealed: readonly string[];
  /** sealed with SECRET_KEY already */
  readonly already: readonly string[];
  /** they open with none of the keys, and were left as they are */
  readonly closed: readonly string[];
}

/**
 * Seals every private part of the ring with SECRET_KEY that is sealed with one of SECRET_KEY_FALLBACKS, all in one
 * transaction: who is killed has sealed all anew or none. Which key signs, and what verifies, stays as it is.
 */
export async function resealKeys(
  { store, clock, random, config }: Pick<App, 'store' | 'clock' | 'random' | 'config'>,
  origin: Origin,
): Promise<Resealed> {
  const current = deriveKey(config.secretKey.reveal(), 'data');
  const older = config.secretKeyFallbacks.map((secret) => deriveKey(secret.reveal(), 'data'));
  return store.transaction(async (store): Promise<Resealed> => {
    await store.keys.beginChange();
    const by = { resealed: [] as string[], already: [] as string[], closed: [] as string[] };
    for (const key of await store.keys.all()) {
      const { kid, sealed } = key;
      if (sealed === undefined) continue;
      const place = placeOf(kid);
      if (unseal(sealed, current, place) !== undefined) {
        by.already.push(kid);
        continue;
      }
      const secret = unsealWithAny(sealed, older, place);
      if (secret === undefined) by.closed.push(kid);
      else {
        await store.keys.put({ ...key, sealed: seal(secret, current, place, random) });
        by.resealed.push(kid);
      }
    }
    const count = by.resealed.length;
    if (count > 0)
      await store.audit.record({ event: 'keys_resealed', userId: undefined, count }, clock.now(), origin);
    return by;
  });
}
