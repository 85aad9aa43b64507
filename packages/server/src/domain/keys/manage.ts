import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import type { KeyStore } from '../store.ts';
import type { SigningAlgorithm } from '../tokens/keys.ts';
import { deriveKey } from './derive.ts';
import { placeOf } from './in-force.ts';
import { type KeyMaterial, newKey } from './key-material.ts';
import { seal } from './seal.ts';
import { CLOCK_SKEW, SECRET_KEY_ID, type StoredKey, stateOf, withSecretKey } from './stored-key.ts';

type Needs = Pick<App, 'store' | 'clock' | 'random' | 'config'>;

/** Why nothing was done with a key. */
export type KeyRefusal =
  | 'key_exists'
  | 'key_unknown'
  | 'key_only_verifies'
  | 'key_is_signing'
  | 'key_is_next'
  | 'key_is_retired'
  | 'rotation_under_way';

export type KeyOutcome<R extends KeyRefusal = KeyRefusal> =
  | { readonly key: StoredKey }
  | { readonly refused: R };

/** Why a key was not retired. */
export type RetiringRefusal = 'key_unknown' | 'key_is_signing' | 'key_is_next' | 'key_is_retired';

/** A key as it is stored first: it waits to be told to sign. */
function sealed({ random, config }: Needs, material: KeyMaterial, now: number): StoredKey {
  const { kid, algorithm, publicJwk, secret } = material;
  const dataKey = deriveKey(config.secretKey.reveal(), 'data');
  return {
    kid,
    algorithm,
    publicJwk,
    sealed: secret && seal(secret, dataKey, placeOf(kid), random),
    createdAt: now,
    signsFrom: undefined,
    signsUntil: undefined,
    verifiesUntil: undefined,
  };
}

/** The keys as they stand, nobody else changing them until the transaction ends. */
async function heldKeys(keys: KeyStore): Promise<readonly StoredKey[]> {
  await keys.beginChange();
  return withSecretKey(await keys.all());
}

/** Adds a key that verifies, and signs when a rotation says so. */
export async function addKey(app: Needs, material: KeyMaterial, origin: Origin): Promise<KeyOutcome> {
  const now = app.clock.now();
  const key = sealed(app, material, now);
  return app.store.transaction(async (store): Promise<KeyOutcome> => {
    const held = await heldKeys(store.keys);
    if (held.some(({ kid }) => kid === key.kid)) return { refused: 'key_exists' };
    await store.keys.put(key);
    const { kid, algorithm } = key;
    await store.audit.record({ event: 'key_added', userId: undefined, kid, algorithm }, now, origin);
    return { key };
  });
}

export interface RotateOrder {
  /** a new key of this algorithm, or one of the ring by its kid */
  readonly to: { readonly algorithm: SigningAlgorithm } | { readonly kid: string };
  /** milliseconds until it signs: long enough for every server, and every reader of the public keys, to have it */
  readonly delay: number;
  /** accept nothing any more that others have signed: everybody has to log in again */
  readonly retiresOthers: boolean;
}

/** What another key of the ring becomes when `successor` signs from the instant on. */
function superseded(key: StoredKey, at: number, verifiesUntil: number): StoredKey {
  if (key.signsFrom === undefined || key.signsUntil !== undefined) return key;
  // One that had its turn to come loses it, but a server with a fast clock may have signed with it.
  const signsFrom = key.signsFrom > at ? undefined : key.signsFrom;
  return { ...key, signsFrom, signsUntil: at, verifiesUntil };
}

/** Makes an end of what a key signed: no token is accepted from the instant on. */
const ended = (key: StoredKey, at: number): StoredKey => ({
  ...key,
  signsUntil: Math.min(key.signsUntil ?? at, at),
  verifiesUntil: Math.min(key.verifiesUntil ?? at, at),
});

/**
 * Has another key sign from `delay` on. What the keys before it signed is accepted for as long as it can last. Of two
 * rotations at once one waits for the other and is refused (`rotation_under_way`); with no delay it is not, and the one
 * that is under way is dropped. All in one transaction: who is killed has rotated or has not.
 */
export async function rotateKey(app: Needs, order: RotateOrder, origin: Origin): Promise<KeyOutcome> {
  const { to, delay, retiresOthers } = order;
  const now = app.clock.now();
  const at = now + delay;
  const made = 'algorithm' in to ? sealed(app, newKey(to.algorithm, app.random), now) : undefined;
  const { refreshTokenSeconds, accessTokenSeconds, jwtLeewaySeconds } = app.config;
  const longest = Math.max(refreshTokenSeconds, accessTokenSeconds) + jwtLeewaySeconds;
  const verifiesUntil = at + longest * 1000 + CLOCK_SKEW;
  return app.store.transaction(async (store): Promise<KeyOutcome> => {
    const held = await heldKeys(store.keys);
    const states = new Map(held.map((key) => [key, stateOf(key, held, now)]));
    const isUnderWay = [...states.values()].includes('next');
    if (isUnderWay && delay > 0) return { refused: 'rotation_under_way' };
    const chosen = made ?? held.find((key) => 'kid' in to && key.kid === to.kid);
    const refusal = chosen && whyNotSign(chosen, states.get(chosen));
    if (chosen === undefined || refusal !== undefined) return { refused: refusal ?? 'key_unknown' };
    const key = { ...chosen, signsFrom: at, signsUntil: undefined, verifiesUntil: undefined };
    await store.keys.put(key);
    for (const other of held.filter((one) => one !== chosen)) {
      const next = retiresOthers
        ? ended(superseded(other, at, at), at)
        : superseded(other, at, verifiesUntil);
      if (next !== other) await store.keys.put(next);
    }
    const { kid, algorithm } = key;
    const event = { event: 'key_rotated', userId: undefined, kid, algorithm, signsFrom: at } as const;
    await store.audit.record({ ...event, retiresOthers }, now, origin);
    return { key };
  });
}

function whyNotSign(key: StoredKey, state: ReturnType<typeof stateOf> | undefined): KeyRefusal | undefined {
  if (state === 'signing') return 'key_is_signing';
  // What was retired may be in the hands of a thief.
  if (state === 'retired') return 'key_is_retired';
  return key.sealed === undefined && key.kid !== SECRET_KEY_ID ? 'key_only_verifies' : undefined;
}

/** Accepts nothing any more that a key has signed. Refuses the one that signs and the one that will: rotate first. */
export async function retireKey(
  app: Pick<App, 'store' | 'clock'>,
  kid: string,
  origin: Origin,
): Promise<KeyOutcome<RetiringRefusal>> {
  const now = app.clock.now();
  return app.store.transaction(async (store): Promise<KeyOutcome<RetiringRefusal>> => {
    const held = await heldKeys(store.keys);
    const found = held.find((key) => key.kid === kid);
    if (found === undefined) return { refused: 'key_unknown' };
    const state = stateOf(found, held, now);
    if (state === 'signing') return { refused: 'key_is_signing' };
    if (state === 'next') return { refused: 'key_is_next' };
    if (state === 'retired') return { refused: 'key_is_retired' };
    const key = ended(found, now);
    await store.keys.put(key);
    await store.audit.record({ event: 'key_retired', userId: undefined, kid }, now, origin);
    return { key };
  });
}
