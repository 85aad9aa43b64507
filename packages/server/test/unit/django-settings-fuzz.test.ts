import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeDjango } from '../../src/adapters/django/doctor/judge.ts';
import { UnreadableSettings, workLimit } from '../../src/adapters/django/settings/settings-files.ts';
import { readModule } from '../../src/adapters/django/settings/settings-module.ts';
import type { Names } from '../../src/adapters/django/settings/statement.ts';
import { diagnosisJson, envText, printDiagnosis } from '../../src/cli/doctor-report.ts';
import { CODE_POINT } from '../support/code-point.ts';
import { MADE, settingsPath } from '../support/django-settings.ts';
import { rounds } from '../support/rounds.ts';

/** Reads a text as settings, judges and prints them. The time it took in milliseconds. */
function read(source: string): number {
  const started = performance.now();
  const values: Names = new Map();
  const world = { load: () => undefined, note: () => {}, spend: workLimit('settings.py') };
  try {
    readModule('/srv/settings.py', source, values, world);
  } catch (error) {
    if (!(error instanceof UnreadableSettings)) throw error;
  }
  const settings = { values, notes: [], root: '/srv', files: ['settings.py'] };
  const diagnosis = judgeDjango(settings, MADE);
  for (const print of [printDiagnosis, diagnosisJson]) print(diagnosis, settings);
  envText(diagnosis);
  return performance.now() - started;
}

const SOURCES = readdirSync(settingsPath('.'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.py') && !name.includes('latin'))
  .map((name) => readFileSync(settingsPath(name), 'utf8'));

const PIECES = [
  ...['(', ')', '[', ']', '{', '}', ',', ':', '=', '+=', '|=', '.', '*', '**', '-', 'not ', 'if ', ' else '],
  ...['for x in ', 'lambda: ', 'from . import *\n', 'import os\n', '"', "'", '"""', '\\', '\n', '    ', '\t'],
  ...[
    'SECRET_KEY',
    'SIMPLE_JWT',
    'DATABASES',
    '["default"]',
    '.update(',
    'timedelta(',
    '1',
    '1e999',
    '0x',
    'f"{a}"',
  ],
  ...[
    'os.environ.get(',
    'True',
    'None',
    '"ALGORITHM"',
    ';',
    '#',
    '\0',
    '\u2028',
    '\ud800',
    '__proto__',
    'del ',
  ],
];
const soup = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join(''));

/** A settings module with some of its text cut out, doubled or replaced. */
const mutant = fc
  .record({ source: fc.constantFrom(...SOURCES), from: fc.nat(4_000), length: fc.nat(200), put: soup })
  .map(({ source, from, length, put }) => {
    const at = from % (source.length + 1);
    return source.slice(0, at) + put + source.slice(at + length);
  });

test('no text makes reading, judging or printing throw', () => {
  const text = fc.oneof(soup, mutant, fc.string({ unit: CODE_POINT, maxLength: 300 }));
  fc.assert(
    fc.property(text, (source) => {
      read(source);
    }),
    { numRuns: rounds(200, 2_000) },
  );
});

/** How long a hostile text is: with 1,000 a megabyte, as in the long run, where smaller faults show than here. */
const K = rounds(200, 1_000);
const LIMIT = rounds(4_000, 10_000);

test.each([
  ['open brackets', '('.repeat(500 * K)],
  ['brackets in brackets', `X = ${'['.repeat(100 * K)}${']'.repeat(100 * K)}`],
  ['a chain of signs', `X = ${'- '.repeat(300 * K)}1`],
  ['a chain of powers', `X = ${'2 ** '.repeat(150 * K)}2`],
  ['a chain of conditions', `X = ${'1 if 1 else '.repeat(60 * K)}2`],
  ['a list that doubles', `X = [1]\n${'X = X + X\n'.repeat(90 * K)}`],
  ['a text that doubles', `X = "a"\n${'X = X + X\n'.repeat(90 * K)}`],
  ['copies of a long list', `L = [${'1,'.repeat(5_000)}]\n${'A = L + L\n'.repeat(80 * K)}`],
  ['a dict that is changed again and again', `D = {}\n${'D["k"] = D\n'.repeat(80 * K)}`],
  [
    'many indents',
    Array.from({ length: Math.sqrt(2_000 * K) }, (_, i) => `${' '.repeat(i)}if x:\n`).join(''),
  ],
  ['escapes', `X = "${'\\x41'.repeat(240 * K)}"`],
  ['quotes without an end', `${"'\n".repeat(250 * K)}`],
  ['a name', 'A'.repeat(1_000 * K)],
  ['digits', `X = ${'1_'.repeat(500 * K)}`],
])('no end of %s is done with in bounded time', (_name, source) => {
  expect(read(source)).toBeLessThan(LIMIT);
});
