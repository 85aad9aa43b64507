import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EVENT_NAMES } from '../../src/domain/audit/event-names.ts';
import { rowsBelow } from '../support/markdown-table.ts';

test('docs/audit.md says of each event when it is noted, and of no other', () => {
  const page = readFileSync(new URL('../../../../docs/audit.md', import.meta.url), 'utf8');
  const named = rowsBelow(page, 'What is noted').flatMap(([names = '']) => names.match(/\w+/g) ?? []);
  expect(named.sort()).toEqual([...EVENT_NAMES]);
});
