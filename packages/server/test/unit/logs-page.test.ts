import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { logLines } from '../support/log-lines.ts';
import { rowsBelow } from '../support/markdown-table.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const SRC = `${ROOT}packages/server/src/`;

test('docs/logs.md has each line that the sources log, with its level and fields, and no other [ASVS 16.1.1]', () => {
  const cells = logLines().map(({ text, level, fields }) => [
    text,
    level,
    fields.map((field) => `\`${field}\``).join(' '),
  ]);
  // Some are logged in several places.
  const lines = [...new Map(cells.map((line) => [line.join('|'), line])).values()];
  expect(lines.length).toBeGreaterThan(30);
  const rows = rowsBelow(readFileSync(`${ROOT}docs/logs.md`, 'utf8'), 'Lines');
  expect(rows.map((row) => row.slice(0, 3)).sort()).toEqual(lines.sort());
  expect(rows.filter((row) => row.length !== 5 || row.includes('', 3))).toEqual([]);
});

test('nothing else writes to where the log goes, but what docs/logs.md tells of', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const writers = files
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => !name.startsWith('cli/commands/'))
    .filter((name) =>
      /\bconsole\.|process\.std(out|err)\b.*write|emitWarning/.test(readFileSync(SRC + name, 'utf8')),
    );
  expect(writers.sort()).toEqual([
    'adapters/log.ts',
    'adapters/mail/open.ts',
    // A key that `dev` makes, and why a start failed: before there is a log.
    'cli/environment.ts',
    'cli/start.ts',
  ]);
});
