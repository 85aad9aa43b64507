import { expect } from 'vitest';
import { longestHold, test } from './support/oracles.ts';
import type { World } from './support/world.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** Milliseconds that the quickest of some tries took: a busy machine is slow now and then, a bad algorithm always. */
async function quickest(work: () => Promise<unknown>, enough = 0): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5 && best > enough; round += 1) {
    const started = performance.now();
    await work();
    best = Math.min(best, performance.now() - started);
  }
  return best;
}

const AT_ONCE_MILLISECONDS = 100;

/** How long the event loop may be held up. */
const HOLD_MILLISECONDS = 50;

/** How long a request took that was not answered at once, by the clock or beside an empty one on the same machine. */
async function slowness(world: World, work: () => Promise<unknown>): Promise<string | undefined> {
  const hold = await longestHold(work, HOLD_MILLISECONDS);
  const time = await quickest(work, AT_ONCE_MILLISECONDS);
  if (time <= AT_ONCE_MILLISECONDS && hold <= HOLD_MILLISECONDS) return undefined;
  const empty = await quickest(() => world.post('/api/token/', {}));
  const words = `${Math.round(time)} ms (loop held ${Math.round(hold)}), an empty one ${Math.round(empty)} ms`;
  return Math.max(time, hold) > 30 * empty ? words : undefined;
}

/** What a parser may stumble over. */
const BODIES: Record<string, string> = {
  'brackets 16,000 deep': '['.repeat(16_000),
  'objects 3,000 deep': '{"a":'.repeat(3_000),
  '1,500 keys': `{${Array.from({ length: 1_500 }, (_, index) => `"${index}":1`).join(',')}}`,
  '2,500 escapes': `{"username":"${'\\u0000'.repeat(2_500)}","password":"x"}`,
  'a number of 16,000 digits': `{"username":${'9'.repeat(16_000)},"password":"x"}`,
  'a number beyond all numbers': '{"username":1e400,"password":1e400}',
  'nothing but white space': ' '.repeat(16_000),
  'nothing but quotes': '"'.repeat(16_000),
  'nothing but backslashes': `{"a":"${'\\'.repeat(16_000)}`,
};

test('JSON of 16 KB is read or refused at once [H-09]', async ({ world }) => {
  for (const [what, body] of Object.entries(BODIES)) {
    for (const path of ['/api/token/', '/api/register/']) {
      const post = () => world.post(path, body, { headers: JSON_TYPE });
      expect([400, 401], what).toContain((await post()).status);
      expect(await slowness(world, post), what).toBeUndefined();
    }
  }
});

const fill = (text: string, size = 7_500) => text.repeat(Math.ceil(size / text.length)).slice(0, size);
const distinct = Array.from({ length: 2_500 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join('');
/** What a regular expression or a table of Unicode may stumble over. */
const TEXTS: Record<string, string> = {
  'one letter': `${fill('a')}!`,
  'nothing but @': fill('@'),
  'many addresses': fill('a@b.c,'),
  'nested comments': fill('('),
  'white space': `${fill(' ')}x`,
  'many labels': `a@${fill('a.')}`,
  'many hyphens': `a@${fill('-a')}`,
  'half a repetition': `${fill('ab')}c`,
  'an address in brackets': `a@[${fill('1:')}]`,
  'letters that stand for eighteen': fill('\ufdfa', 2_500),
  'accents without end': `a${fill('\u0300\u0316', 3_700)}`,
  '2,500 different letters in a host': `a@${distinct}.org`,
};

test('a text of 7 KB in a field, which fits twice into a body, is read or refused at once [H-28, G-09]', async ({
  world,
}) => {
  const slow: string[] = [];
  for (const [what, text] of Object.entries(TEXTS)) {
    const fields: [string, object][] = [
      ['/api/token/', { username: text, password: 'x' }],
      ['/api/token/', { email: text, password: 'x' }],
      ['/api/token/', { username: 'x', password: text }],
      ['/api/register/', { username: text, email: text, password: 'Sup3rSecret!x' }],
      ['/api/register/', { username: 'x', email: text, password: text }],
      ['/api/token/refresh/', { refresh: text }],
    ];
    for (const [path, body] of fields) {
      const time = await slowness(world, () => world.post(path, body));
      if (time !== undefined) slow.push(`${what}: ${path} ${Object.keys(body)}: ${time}`);
    }
  }
  expect(slow).toEqual([]);
});

test('headers that we take apart are read or refused at once [H-28]', async ({ world }) => {
  for (const text of ['a', 'a@', ' ', '"', '\\a', ';', ',', '=', '/', '*/*,', 'a/b;q=']) {
    const value = fill(text, 15_000);
    const type = `multipart/form-data; boundary="${value}`;
    const requests = {
      Accept: () => world.get('/api/dashboard/', { headers: { Accept: `a${value}` } }),
      Authorization: () => world.get('/api/dashboard/', { headers: { Authorization: `Bearer ${value}` } }),
      'Content-Type': () => world.post('/api/token/', '{}', { headers: { 'Content-Type': type } }),
    };
    for (const [name, ask] of Object.entries(requests))
      expect(await slowness(world, ask), `${name}: ${text}`).toBeUndefined();
  }
});
