import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The texts in a folder of MAIL_TEMPLATES, by file name. Read once, at the start. Throws a sentence when there is no such folder. */
export function readTemplates(folder: string | undefined): ReadonlyMap<string, string> {
  if (folder === undefined) return new Map();
  try {
    const names = readdirSync(folder).filter((name) =>
      /^[a-z_]+(\.[a-z]{2})?\.(subject\.txt|txt|html)$/.test(name),
    );
    return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  } catch (error) {
    throw new Error(`MAIL_TEMPLATES: ${folder} cannot be read (${(error as Error).message})`);
  }
}
