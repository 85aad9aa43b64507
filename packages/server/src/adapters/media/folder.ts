import { randomUUID } from 'node:crypto';
import { mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { type MediaStorage, MediaUnavailable } from '../../domain/media/media.ts';

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined);

const isMissing = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(String(codeOf(error)));

function isOutside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}

/** Runs work on the disk; a disk that is full or away is `MediaUnavailable`. */
async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw new MediaUnavailable('the media folder', { cause: error });
  }
}

/** Pictures in a folder of this machine, which is made when the first one comes. Links that lead out are not followed. */
export function folderStorage(folder: string): MediaStorage {
  return {
    put: (name, bytes) =>
      onDisk(async () => {
        const target = join(folder, name);
        await mkdir(dirname(target), { recursive: true });
        const draft = `${target}.${randomUUID()}.part`;
        try {
          await writeFile(draft, bytes, { flush: true });
          await rename(draft, target);
        } finally {
          await rm(draft, { force: true });
        }
      }),
    get: (name) =>
      onDisk(async () => {
        try {
          const path = await realpath(join(folder, name));
          if (isOutside(await realpath(folder), path) || !(await stat(path)).isFile()) return undefined;
          return await readFile(path);
        } catch (error) {
          if (isMissing(error)) return undefined;
          throw error;
        }
      }),
    remove: (name) => onDisk(() => rm(join(folder, name), { force: true })),
  };
}
