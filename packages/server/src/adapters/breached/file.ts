import { statSync } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isInRange, type Lookup } from './range.ts';

/** Bytes to each side of a place: a line, `HASH:COUNT`, is shorter. */
const REACH = 64;

interface Line {
  readonly text: string;
  /** of its first byte, and of the first byte after its end */
  readonly start: number;
  readonly end: number;
}

/** The line that a place of the file lies in. */
async function lineAt(file: FileHandle, place: number): Promise<Line> {
  const from = Math.max(0, place - REACH);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2 * REACH), 0, 2 * REACH, from);
  const text = buffer.toString('latin1', 0, bytesRead);
  const start = place === from ? 0 : text.lastIndexOf('\n', place - from - 1) + 1;
  const at = text.indexOf('\n', place - from);
  const end = at < 0 ? bytesRead : at + 1;
  return { text: text.slice(start, end).trimEnd(), start: from + start, end: from + end };
}

/** Halves the file until one line is left: some forty short reads for all that was ever breached. */
async function isInSorted(file: FileHandle, sha1: string): Promise<boolean> {
  let [low, high] = [0, (await file.stat()).size];
  while (low < high) {
    const line = await lineAt(file, Math.floor((low + high) / 2));
    if (!/^[0-9A-F]{40}(:\d+)?$/i.test(line.text)) throw new Error('a line of the file is no hash');
    const hash = line.text.slice(0, 40).toUpperCase();
    if (hash === sha1) return true;
    if (hash < sha1) low = line.end;
    else high = line.start;
  }
  return false;
}

/**
 * The list as it can be downloaded: one file of lines `HASH:COUNT`, sorted by hash, of which only some lines are read; or a
 * folder with a file for each range, `5BAA6.txt`. Throws when there is nothing at the path.
 */
export function fileLookup(path: string): Lookup {
  if (statSync(path).isDirectory())
    return async (sha1) =>
      isInRange(await readFile(join(path, `${sha1.slice(0, 5)}.txt`), 'latin1'), sha1.slice(5));
  return async (sha1) => {
    const file = await open(path);
    try {
      return await isInSorted(file, sha1);
    } finally {
      await file.close();
    }
  };
}
