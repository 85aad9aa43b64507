import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What became of the picture files that profiles name. */
export interface CopiedPictures {
  readonly copied: number;
  /** were there with the same content */
  readonly same: number;
  /** named, and not there */
  readonly missing: readonly string[];
  /** outside the folder, or no files */
  readonly refused: readonly string[];
}

type Fate = keyof CopiedPictures;

/** A path below a folder, as Django writes it: no root, no drive, no way up. */
function isBelow(name: string): boolean {
  const parts = name.split(/[\\/]/);
  return name !== '' && !isAbsolute(name) && !/^[a-z]:|\0/i.test(name) && !parts.includes('..');
}

/** Where the file really is, when that is below the folder; symbolic links are followed first. */
async function insideOf(folder: string, name: string): Promise<string | 'missing' | 'refused'> {
  if (!isBelow(name)) return 'refused';
  try {
    const path = await realpath(join(folder, name));
    const way = relative(folder, path);
    const isOut = way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
    return !isOut && (await stat(path)).isFile() ? path : 'refused';
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code)))
      return 'missing';
    throw error;
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function isSame(source: string, target: string): Promise<boolean> {
  const [from, to] = await Promise.all([stat(source), stat(target).catch(() => undefined)]);
  if (to === undefined || !to.isFile() || from.size !== to.size) return false;
  return (await digestOf(source)) === (await digestOf(target));
}

/** Streams a file to its place, which has it whole or not at all. */
async function copyWhole(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const draft = `${target}.part`;
  try {
    await pipeline(createReadStream(source), createWriteStream(draft));
    await rename(draft, target);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Can the file be written below the folder, and not through a link that leads out of it? */
async function leadsOut(folder: string, name: string): Promise<boolean> {
  await mkdir(join(folder, dirname(name)), { recursive: true });
  const place = await realpath(join(folder, dirname(name)));
  const way = relative(await realpath(folder), place);
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}

async function copyOne(from: string, to: string, name: string): Promise<Fate> {
  const source = await insideOf(from, name);
  if (source === 'missing' || source === 'refused') return source;
  if (await leadsOut(to, name)) return 'refused';
  const target = join(to, name);
  if (await isSame(source, target)) return 'same';
  await copyWhole(source, target);
  return 'copied';
}

/**
 * Copies the named files from one media folder to another, each once; nothing that is outside the folder, and nothing
 * that is there already. Throws when the folder cannot be read or the target not be written.
 */
export async function copyPictures(
  names: AsyncIterable<readonly string[]>,
  from: string,
  to: string,
): Promise<CopiedPictures> {
  const folder = await realpath(from);
  const seen = new Set<string>();
  const fates = { copied: 0, same: 0 };
  const lists = { missing: [] as string[], refused: [] as string[] };
  for await (const batch of names)
    for (const name of batch) {
      if (name === '' || seen.has(name)) continue;
      seen.add(name);
      const fate = await copyOne(folder, to, name);
      if (fate === 'missing' || fate === 'refused') lists[fate].push(name);
      else fates[fate] += 1;
    }
  return { ...fates, ...lists };
}
