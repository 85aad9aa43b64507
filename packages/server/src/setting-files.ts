import { readFileSync } from 'node:fs';
import type { Setting } from './setting.ts';

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings that were read from files: in `values` by their own names, and what is wrong with the files. */
export interface ReadFiles {
  readonly values: Environment;
  readonly faults: readonly string[];
}

/** Fatal: of a file of random bytes little would be left. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What a file holds without the line break at its end, or what is wrong with it as its setting's name goes on. */
function readText(path: string): { readonly text: string } | { readonly fault: string } {
  try {
    const text = utf8.decode(readFileSync(path)).replace(/\r?\n$/, '');
    return text === '' ? { fault: `names an empty file: ${path}` } : { text };
  } catch (error) {
    const { code = 'unknown' } = error as { code?: string };
    return { fault: `names a file that cannot be read (${code}): ${path}` };
  }
}

/**
 * Puts what `<NAME>_FILE` names in the place of `<NAME>`, as container secrets are handed over: for settings that are secret
 * alone. One file that cannot be read, stands beside its setting or is for a setting that is no secret is a fault, and is left as it
 * is. Other variables that end in `_FILE` are somebody else's.
 */
export function withFiles(environment: Environment, settings: readonly Setting<unknown>[]): ReadFiles {
  const values: Record<string, string | undefined> = { ...environment };
  const faults: string[] = [];
  for (const { name, isSecret } of settings) {
    const fileName = `${name}_FILE`;
    const path = environment[fileName];
    if (!path) continue;
    const read: ReturnType<typeof readText> = isSecret
      ? readText(path)
      : { fault: `is not read: only secrets are taken from files. Set ${name}` };
    if ('fault' in read) faults.push(`${fileName} ${read.fault}`);
    else if (environment[name]) faults.push(`${fileName} is set beside ${name}: leave one of them out`);
    else {
      values[name] = read.text;
      delete values[fileName];
    }
  }
  return { values, faults };
}
