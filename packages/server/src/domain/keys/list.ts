import type { App } from '../app.ts';
import { type KeyState, type StoredKey, stateOf, withSecretKey } from './stored-key.ts';

/** A key without what is secret of it. */
export interface ListedKey extends Omit<StoredKey, 'sealed' | 'publicJwk'> {
  readonly state: KeyState;
}

/** The keys of the ring and what each does now, the newest first. */
export async function listKeys({
  store,
  clock,
}: Pick<App, 'store' | 'clock'>): Promise<readonly ListedKey[]> {
  const now = clock.now();
  const keys = withSecretKey(await store.keys.all());
  return keys
    .map((key) => {
      const { sealed: _, publicJwk: __, ...shown } = key;
      return { ...shown, state: stateOf(key, keys, now) };
    })
    .sort((a, b) => b.createdAt - a.createdAt || (a.kid < b.kid ? -1 : 1));
}
