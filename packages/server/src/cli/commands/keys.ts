import { readFileSync } from 'node:fs';
import type { App } from '../../domain/app.ts';
import { COMMAND_LINE } from '../../domain/audit/event.ts';
import { SHORTEST_DELAY, usualDelay } from '../../domain/keys/delay.ts';
import { newKey } from '../../domain/keys/key-material.ts';
import { type ListedKey, listKeys } from '../../domain/keys/list.ts';
import { addKey, type KeyOutcome, type KeyRefusal, retireKey, rotateKey } from '../../domain/keys/manage.ts';
import { readKey } from '../../domain/keys/read-key.ts';
import { resealKeys } from '../../domain/keys/reseal.ts';
import { SECRET_KEY_ID, type StoredKey } from '../../domain/keys/stored-key.ts';
import type { SigningAlgorithm } from '../../domain/tokens/keys.ts';
import { withApp } from '../app.ts';
import { CommandError } from '../command-error.ts';
import { keyConfig } from '../environment.ts';

const WHY: Readonly<Record<KeyRefusal, string>> = {
  key_exists: 'The ring has this key already.',
  key_unknown: 'The ring has no key of this kid: latchkey keys list.',
  key_only_verifies: 'There is only the public half of this key: it cannot sign.',
  key_is_signing: 'This is the key that signs. Another has to take over first: latchkey keys rotate.',
  key_is_next: 'This key is about to sign. Replace it with: latchkey keys rotate --now',
  key_is_retired: 'This key is retired.',
  rotation_under_way:
    'A rotation is under way: latchkey keys list. With --now another key signs at once, and that one never.',
};

const withKeys = <T>(work: (app: App) => Promise<T>) => withApp(work, { config: keyConfig() });

const instant = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;

function keyOf(outcome: KeyOutcome): StoredKey {
  if ('refused' in outcome) throw new CommandError(WHY[outcome.refused]);
  return outcome.key;
}

function timesOf({ signsFrom, signsUntil, verifiesUntil, state }: ListedKey): string {
  if (state === 'next' && signsFrom !== undefined) return `signs from ${instant(signsFrom)}`;
  if (verifiesUntil === undefined) return '';
  // Until the next one takes over it signs itself.
  const signs = state === 'signing' && signsUntil !== undefined ? `signs until ${instant(signsUntil)}, ` : '';
  return `${signs}verifies until ${instant(verifiesUntil)}`;
}

/** `latchkey keys list`: what each key of the ring does now. No secret is shown. */
export async function listKeysCommand({ json }: { json?: boolean }): Promise<void> {
  await withKeys(async (app) => {
    const keys = await listKeys(app);
    if (json) return console.log(JSON.stringify(keys));
    const width = Math.max(...keys.map(({ kid }) => kid.length));
    for (const key of keys)
      console.log(
        `${key.kid.padEnd(width)}  ${key.algorithm}  ${key.state.padEnd(9)}  ${timesOf(key)}`.trimEnd(),
      );
  });
}

function materialOf(app: App, { algorithm, from }: AddOptions) {
  if (from === undefined) return newKey(algorithm, app.random);
  const read = readKey(readFileSync(from, 'utf8'), app.random);
  if ('fault' in read) throw new CommandError(`The key in ${from} ${read.fault}.`);
  return read;
}

export interface AddOptions {
  readonly algorithm: SigningAlgorithm;
  readonly from?: string;
}

/** `latchkey keys add`: a new key, or one from a file, that verifies, is published and waits to sign. */
export async function addKeyCommand(options: AddOptions): Promise<void> {
  await withKeys(async (app) => {
    const key = keyOf(await addKey(app, materialOf(app, options), COMMAND_LINE));
    const what =
      key.sealed === undefined ? 'only verifies' : `signs after: latchkey keys rotate --to ${key.kid}`;
    console.log(`Added ${key.kid} (${key.algorithm}). It ${what}`);
  });
}

export interface RotateOptions {
  readonly algorithm: SigningAlgorithm;
  readonly to?: string;
  /** seconds */
  readonly after?: string;
  readonly now?: boolean;
  readonly retireOthers?: boolean;
}

async function delayOf(app: App, { algorithm, to, after, now }: RotateOptions): Promise<number> {
  if (now) return 0;
  const listed = to === undefined ? undefined : (await listKeys(app)).find(({ kid }) => kid === to);
  // One that was added is published already, but nobody knows for how long.
  const seconds = after === undefined ? usualDelay(listed?.algorithm ?? algorithm) : Number(after);
  if (!Number.isSafeInteger(seconds) || seconds < SHORTEST_DELAY)
    throw new CommandError(`--after must be a whole number of seconds from ${SHORTEST_DELAY} on.`);
  return seconds * 1000;
}

/** `latchkey keys rotate`: another key signs, by default as soon as all servers and readers have it. */
export async function rotateKeyCommand(options: RotateOptions): Promise<void> {
  if (options.retireOthers && !options.now)
    throw new CommandError('--retire-others goes with --now: who has stolen a key does not wait.');
  await withKeys(async (app) => {
    const { to, algorithm, retireOthers: retiresOthers = false } = options;
    const order = { to: to === undefined ? { algorithm } : { kid: to }, retiresOthers };
    const delay = await delayOf(app, options);
    const key = keyOf(await rotateKey(app, { ...order, delay }, COMMAND_LINE));
    const when = delay === 0 ? 'now' : `from ${instant(key.signsFrom ?? 0)}`;
    console.log(`${key.kid} (${key.algorithm}) signs ${when}`);
    if (retiresOthers)
      console.log('Nothing that other keys signed is accepted any more: everybody has to log in again.');
  });
}

/** `latchkey keys retire <kid>`: nothing it signed is accepted any more. */
export async function retireKeyCommand(kid: string): Promise<void> {
  await withKeys(async (app) => {
    const key = keyOf(await retireKey(app, kid, COMMAND_LINE));
    const what = key.kid === SECRET_KEY_ID ? 'SECRET_KEY' : key.kid;
    console.log(`Retired ${what}: within a second no server accepts what it signed`);
  });
}

/** `latchkey keys reseal`: the ring is sealed with SECRET_KEY, and its fallbacks are not needed for it any more. */
export async function resealKeysCommand(): Promise<void> {
  await withKeys(async (app) => {
    const { resealed, already, closed } = await resealKeys(app, COMMAND_LINE);
    console.log(`Sealed anew with SECRET_KEY: ${resealed.length}. Sealed with it already: ${already.length}`);
    if (closed.length > 0)
      throw new CommandError(
        `These open neither with SECRET_KEY nor with one of SECRET_KEY_FALLBACKS, and were left: ${closed.join(', ')}`,
      );
  });
}
