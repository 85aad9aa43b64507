import type { App } from '../app.ts';
import type { DevTools, Snapshot } from './dev-tools.ts';

type Needs = Pick<App, 'store' | 'clock' | 'media' | 'notebook' | 'tally' | 'keys'>;

/** So many are kept: they are in memory. */
export const MOST_SNAPSHOTS = 100;

/** What happened and is in memory yet is of the state that is now. */
async function writeWhatWaits({ store, clock, notebook, tally }: Needs): Promise<void> {
  await notebook.flush(store, clock.now(), true);
  await tally.flush(store, clock.now(), true);
}

async function picturesNamed(
  { media }: Pick<App, 'media'>,
  names: readonly string[],
): Promise<Map<string, Uint8Array>> {
  const pictures = new Map<string, Uint8Array>();
  for (const name of names) {
    const bytes = await media?.storage.get(name);
    if (bytes !== undefined) pictures.set(name, bytes);
  }
  return pictures;
}

/** Keeps the whole state under a name, in the place of what had that name. False when there are too many. */
export async function takeSnapshot(
  app: Needs,
  { snapshots, state }: DevTools,
  name: string,
): Promise<boolean> {
  if (snapshots.size >= MOST_SNAPSHOTS && !snapshots.has(name)) return false;
  const at = app.clock.now();
  await writeWhatWaits(app);
  const database = await state.read();
  snapshots.set(name, { at, database, pictures: await picturesNamed(app, database.pictures) });
  return true;
}

/** Pictures come before the rows that name them, and go after those that did. A name that is there has its bytes already. */
async function bringBack(
  app: Needs,
  { state }: DevTools,
  snapshot: Pick<Snapshot, 'database' | 'pictures'> | undefined,
): Promise<void> {
  const { media } = app;
  await writeWhatWaits(app);
  const pictures = snapshot?.pictures ?? new Map<string, Uint8Array>();
  for (const [name, bytes] of pictures)
    if ((await media?.storage.get(name)) === undefined) await media?.storage.put(name, bytes);
  const before = await state.write(snapshot?.database);
  for (const name of before) if (!pictures.has(name)) await media?.storage.remove(name);
}

/** Brings the state of a snapshot back, and the time that it was then. False when there is no such snapshot. */
export async function restoreSnapshot(app: Needs, tools: DevTools, name: string): Promise<boolean> {
  const snapshot = tools.snapshots.get(name);
  if (snapshot === undefined) return false;
  await bringBack(app, tools, snapshot);
  tools.clock.ahead += snapshot.at - tools.clock.now();
  await app.keys.reload();
  return true;
}

/** Makes the server as new: no accounts, no mails, no pictures, and the time of the day. Snapshots stay. */
export async function resetState(app: Needs, tools: DevTools): Promise<void> {
  await bringBack(app, tools, undefined);
  tools.clock.ahead = 0;
  await app.keys.reload();
}
