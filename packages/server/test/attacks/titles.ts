import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TESTS = fileURLToPath(new URL('..', import.meta.url));

/** A test, or a group of tests, that says in its title which cases of the catalogue it is about. */
export interface NamedTest {
  /** below packages/server/test */
  readonly file: string;
  /** without the ids */
  readonly title: string;
  readonly ids: readonly string[];
}

const IDS = /\[((?:[A-Z]-\d\d|ASVS [\d.]+)(?:, (?:[A-Z]-\d\d|ASVS [\d.]+))*)\]/g;

/** A text of one line in any of the three quotes. */
const TEXT = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\\n]|\\.)*)`/g;

/** The titles with ids in the source of a test. What stands in brackets like that is a title, and nothing else is. */
export function namedTests(file: string, source: string): NamedTest[] {
  return [...source.matchAll(TEXT)].flatMap(([, single, double, back]) => {
    const text = single ?? double ?? back ?? '';
    const ids = [...text.matchAll(IDS)].flatMap(([, list = '']) => list.split(', '));
    return ids.length === 0 ? [] : [{ file, title: text.replace(IDS, '').replace(/\s+/g, ' ').trim(), ids }];
  });
}

/** Every test of the suite that names a case, by file and place. */
export function allNamedTests(): NamedTest[] {
  return readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.test.ts') && name !== 'unit/attacks.test.ts')
    .sort()
    .flatMap((file) => namedTests(file, readFileSync(join(TESTS, file), 'utf8')));
}
