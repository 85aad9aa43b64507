import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SiteFiles } from '../domain/app.ts';

/** Beside the built program, or where that is when this file runs as it is. */
const FOLDERS = ['./site', '../../dist/site'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

function namesIn(folder: string | undefined): ReadonlySet<string> {
  if (folder === undefined) return new Set();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Set(
    files.map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    ),
  );
}

/**
 * The pages that `npm run build` left. Nothing is read before somebody asks. Then the folder is listed once, so that a name which
 * is not in that list never reaches the disk; a file that was read stays in memory.
 */
export function builtSite(): SiteFiles {
  const folder = FOLDERS.find((one) => existsSync(one));
  let names: ReadonlySet<string> | undefined;
  const kept = new Map<string, Promise<Uint8Array>>();
  return {
    async read(name) {
      names ??= namesIn(folder);
      if (folder === undefined || !names.has(name)) return undefined;
      const file = kept.get(name) ?? readFile(join(folder, name));
      kept.set(name, file);
      return file.catch((error: unknown) => {
        kept.delete(name);
        throw error;
      });
    },
  };
}
