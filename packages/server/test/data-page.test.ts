import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { claimsIn } from './support/forge.ts';
import { rowsBelow } from './support/markdown-table.ts';
import { test } from './support/world.ts';

const PAGE = readFileSync(new URL('../../../docs/data.md', import.meta.url), 'utf8');

const rowsOf = (heading: string) => rowsBelow(PAGE, heading);

const namesIn = (cell = '') => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);

const CLASSES = rowsOf('Classes').map(([name = '']) => name);
const isWhole = (row: readonly string[], cells: number) => row.length === cells && !row.includes('');

test('docs/data.md gives each column a class, and each table an end [ASVS 14.1.1, ASVS 14.1.2]', async ({
  world,
}) => {
  const { introspection } = world.lent.database.db;
  const tables = await introspection.getTables({ withInternalKyselyTables: true });
  expect(tables.length).toBeGreaterThan(20);
  const columns = tables.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column.name}`));

  const rows = rowsOf('In the database');
  const named = rows.flatMap(([table, some]) =>
    namesIn(some).map((column) => `${namesIn(table)[0]}.${column}`),
  );
  expect(named.sort()).toEqual(columns.sort());
  expect(rows.filter((row) => !isWhole(row, 5) || !CLASSES.includes(row[2] ?? ''))).toEqual([]);

  const ends = rowsOf('How long it is kept');
  expect(ends.flatMap(([some]) => namesIn(some)).sort()).toEqual(tables.map(({ name }) => name).sort());
  expect(ends.filter((row) => !isWhole(row, 2))).toEqual([]);
});

test('docs/data.md gives each claim of a token a class', async ({ world }) => {
  const account = { username: 'anna', password: 'correct horse battery' };
  await world.post('/api/register/', account);
  const { access, refresh } = (await world.post('/api/token/', account)).json;
  const rows = rowsOf('In tokens');
  const named = rows.flatMap(([claims]) => namesIn(claims)).sort();
  for (const token of [access, refresh]) expect(Object.keys(claimsIn(token)).sort()).toEqual(named);
  expect(rows.filter((row) => !CLASSES.includes(row[1] ?? ''))).toEqual([]);
});

test('what docs/data.md calls a secret or a key is in no export of a person [A-20]', async ({ world }) => {
  const account = { username: 'anna', password: 'correct horse battery' };
  await world.post('/api/register/', account);
  const { access } = (await world.post('/api/token/', account)).json;
  const { status, text } = await world.get('/api/account/export/', { token: access });
  expect(status).toBe(200);
  const hidden = rowsOf('In the database').filter(([, , kind]) => kind === 'secret' || kind === 'key');
  const names = hidden.flatMap(([, columns]) => namesIn(columns));
  expect(names).toContain('token_hash');
  expect(names.filter((name) => text.includes(`"${name}"`))).toEqual([]);
});
