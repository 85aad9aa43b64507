import type { JsonWebKey } from 'node:crypto';
import type { Secret } from '../../secret.ts';
import type { Log } from '../app.ts';
import type { KeyStore } from '../store.ts';
import type { Clock } from '../system.ts';
import { unknownKid } from '../tokens/jwt.ts';
import { hmacKey, type KeyRing, keyRing, type SigningKey, type VerifyingKey } from '../tokens/keys.ts';
import { deriveKey } from './derive.ts';
import { usableKey } from './key-material.ts';
import { unsealWithAny } from './seal.ts';
import {
  CLOCK_SKEW,
  isInForce,
  SECRET_KEY_ID,
  type StoredKey,
  signersAt,
  withSecretKey,
} from './stored-key.ts';

/** A public key as it is published (RFC 7517). */
export interface PublishedKey extends JsonWebKey {
  readonly kid: string;
  readonly alg: string;
  readonly use: 'sig';
}

/** The keys in force. The ring is never changed but swapped whole. */
export interface KeysInForce {
  readonly ring: KeyRing;
  /** for others to verify with; never a secret */
  readonly published: readonly PublishedKey[];
  /** Reads the database again if something changed there, and lets keys come and go whose time has come. */
  reload(): Promise<void>;
  /**
   * For a token that was refused: may it be good now? Reloads when no key of the ring has its `kid`, but not twice
   * within a quarter of a second, whoever asks; those who ask meanwhile wait for the same reload.
   */
  learns(text: string): Promise<boolean>;
}

interface Needs {
  readonly keys: KeyStore;
  readonly clock: Clock;
  readonly secretKey: Secret;
  readonly secretKeyFallbacks: readonly Secret[];
  readonly accessTokenSeconds: number;
  readonly jwtLeewaySeconds: number;
  readonly log: Log;
}

/** In milliseconds. */
const LEARNS_EVERY = 250;

/** Where the private part of a key is sealed for. */
export const placeOf = (kid: string) => `signing_keys.sealed.${kid}`;

type Opener = (stored: StoredKey) => SigningKey | VerifyingKey | undefined;

function opener({ secretKey, secretKeyFallbacks }: Pick<Needs, 'secretKey' | 'secretKeyFallbacks'>): Opener {
  const dataKeys = [secretKey, ...secretKeyFallbacks].map((key) => deriveKey(key.reveal(), 'data'));
  const opened = new Map<string, SigningKey | VerifyingKey>([[SECRET_KEY_ID, hmacKey(secretKey.reveal())]]);
  return (stored) => {
    const known = opened.get(stored.kid);
    if (known !== undefined) return known;
    const secret = stored.sealed && unsealWithAny(stored.sealed, dataKeys, placeOf(stored.kid));
    const isClosed = stored.sealed !== undefined && secret === undefined;
    if (isClosed && stored.publicJwk === undefined) return undefined;
    const key = usableKey({ ...stored, secret: secret || undefined });
    if (!isClosed) opened.set(stored.kid, key);
    return key;
  };
}

const canSign = (key: SigningKey | VerifyingKey | undefined): key is SigningKey =>
  key !== undefined && 'sign' in key;

const forRefreshOnly = (key: VerifyingKey): VerifyingKey => Object.freeze({ ...key, isForRefreshOnly: true });

function publish({ kid, algorithm, publicJwk }: StoredKey): PublishedKey[] {
  return publicJwk === undefined ? [] : [{ ...JSON.parse(publicJwk), kid, alg: algorithm, use: 'sig' }];
}

/**
 * The keys of the database, in force as their times say; SECRET_KEY and its fallbacks alone until the first reload. A key
 * that opens with none of them is told to the log. If it is the one that has to sign, a reload throws and the ring stays as
 * it is: a server does not start then, and one that runs goes on.
 */
export function keysInForce(needs: Needs): KeysInForce {
  const { keys, clock, secretKey, secretKeyFallbacks, accessTokenSeconds, jwtLeewaySeconds, log } = needs;
  const open = opener(needs);
  const fallbacks = secretKeyFallbacks.map((key) => hmacKey(key.reveal()));
  let seen = -1;
  let stored: readonly StoredKey[] = [];
  let names = '';
  let ring = keyRing(hmacKey(secretKey.reveal()), fallbacks);
  let published: readonly PublishedKey[] = [];
  let reloading: Promise<void> | undefined;
  let reloadedAt = Number.NEGATIVE_INFINITY;

  /** Access tokens that it signed before another took over have all expired. */
  const isForRefreshOnly = ({ signsUntil = Number.POSITIVE_INFINITY }: StoredKey, now: number) =>
    now > signsUntil + (accessTokenSeconds + jwtLeewaySeconds) * 1000 + CLOCK_SKEW;

  /** What SECRET_KEY was before goes its ways with it: retired together, and refresh tokens alone together. */
  const fallbacksOf = (key: StoredKey | undefined) => (key?.kid === SECRET_KEY_ID ? fallbacks : []);

  function apply(now: number): void {
    const inForce = withSecretKey(stored).filter((key) => isInForce(key, now));
    const [signer] = signersAt(inForce, now);
    const signing = signer && open(signer);
    // No other key in its place: what a server signed with a SECRET_KEY of its own, the others would refuse.
    if (!canSign(signing))
      throw new Error('The signing key of the ring does not open with this SECRET_KEY: see docs/keys.md.');
    const others = inForce.filter((key) => key !== signer);
    const mark = (key: StoredKey) => `${key.kid}${isForRefreshOnly(key, now) ? ' refresh' : ''}`;
    const those = [signer, ...others].map((key) => key && mark(key)).join();
    if (those === names) return;
    names = those;
    const older = others.flatMap((key): VerifyingKey[] => {
      const usable = open(key);
      const all = usable === undefined ? [] : [usable, ...fallbacksOf(key)];
      return isForRefreshOnly(key, now) ? all.map(forRefreshOnly) : all;
    });
    ring = keyRing(signing, [...fallbacksOf(signer), ...older]);
    published = inForce.flatMap(publish);
  }

  async function read(): Promise<void> {
    const revision = await keys.revision();
    if (revision !== seen) {
      stored = await keys.all();
      // Rows of a later revision do no harm: then the next reload reads them again.
      seen = revision;
      warnOfClosed(
        stored.filter((key) => isInForce(key, clock.now())),
        open,
        log,
      );
    }
    reloadedAt = clock.elapsed();
    apply(clock.now());
  }

  function reload(): Promise<void> {
    reloading ??= read().finally(() => {
      reloading = undefined;
    });
    return reloading;
  }

  return {
    get ring() {
      return ring;
    },
    get published() {
      return published;
    },
    reload,
    async learns(text) {
      const kid = unknownKid(text, ring);
      if (kid === undefined) return false;
      if (reloading === undefined && clock.elapsed() - reloadedAt < LEARNS_EVERY) return false;
      await reload();
      return ring.byId.has(kid);
    },
  };
}

function warnOfClosed(stored: readonly StoredKey[], open: Opener, log: Log): void {
  for (const key of stored) {
    if (key.sealed !== undefined && !canSign(open(key)))
      log.error({ kid: key.kid }, 'a signing key does not open with this SECRET_KEY: see docs/keys.md');
  }
}
