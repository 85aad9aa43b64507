import { expect, test } from 'vitest';
import { expectSound, longestHold } from '../support/oracles.ts';

function beBusyFor(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

test('work that holds the event loop up is seen, and work that lets go is not', async () => {
  expect(await longestHold(async () => beBusyFor(300))).toBeGreaterThan(60);
  expect(await longestHold(async () => {})).toBeLessThan(50);
});

test.each([
  ['a stack', 400, '{"detail":"at handler (server.ts:1:2)"}'],
  ['a stack with a quotation mark in a frame', 400, '{"detail":"at new \\"Thing\\" (main.js:10:7)"}'],
  ['a stack in pieces', 400, '["Error: no","    at Object.<anonymous> (/srv/app/main.js:10:7)"]'],
  ['SQL', 400, '{"detail":"insert into \\"users\\""}'],
  ['a stored hash', 200, '{"password":"argon2$argon2id$v=19"}'],
  ['a 500', 500, '{"detail":"Something went wrong on the server."}'],
  ['a 503 in words that are not ours', 503, '{"detail":"upstream"}'],
  ['no JSON', 200, 'no json'],
])('an answer with %s is not sound', (_, status, text) => {
  const headers = new Headers({ 'content-type': 'application/json' });
  expect(() => expectSound({ status, headers, text })).toThrow();
  expect(() => expectSound({ status: 200, headers, text: '{"detail":"Good."}' })).not.toThrow();
});

test('an instant after a sentence is no stack', () => {
  const headers = new Headers({ 'content-type': 'application/json' });
  const said = {
    detail: 'Nobody was at home.',
    at: '2026-01-05T09:00:00.000Z',
    utc: '2026-01-05 09:00:00 UTC',
  };
  expect(() => expectSound({ status: 200, headers, text: JSON.stringify(said) })).not.toThrow();
});
