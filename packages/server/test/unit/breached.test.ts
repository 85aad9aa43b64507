import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { breachedPasswords } from '../../src/adapters/breached/breached.ts';
import { type Behaviour, knowing, type RangeServer, sha1Of, startRangeServer } from '../support/breached.ts';

let now = 0;
let warnings: string[] = [];
const clock = { now: () => now, elapsed: () => now };
const log = {
  info() {},
  error() {},
  request() {},
  warn: (note: object, text: string) => void warnings.push(`${text} ${JSON.stringify(note)}`),
};

const listAt = (setting: string) => breachedPasswords({ breachedPasswords: setting }, clock, log);

const folder = mkdtempSync(join(tmpdir(), 'latchkey-breached-'));
let server: RangeServer;

beforeAll(async () => {
  server = await startRangeServer(knowing('password123'));
});

beforeEach(() => {
  warnings = [];
  server.asked.length = 0;
  server.behave(knowing('password123'));
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

describe('asked over the network', () => {
  test('a password of the list is found, and no more than five digits of its hash are told [ASVS 6.2.12, ASVS 15.3.2]', async () => {
    const isBreached = listAt(`${server.url}/`);
    expect(await isBreached('password123')).toBe(true);
    expect(await isBreached('one of my own')).toBe(false);
    const paths = ['password123', 'one of my own'].map((one) => `/range/${sha1Of(one).slice(0, 5)}`);
    expect(server.asked).toEqual(paths.map((url) => ({ url, padding: 'true' })));
  });

  test('padding, which has a count of 0, is no find', async () => {
    server.behave((response, prefix) =>
      response.end(`${sha1Of('padded').slice(5)}:${prefix === '' ? 1 : 0}\r\n`),
    );
    expect(await listAt(server.url)('padded')).toBe(false);
    expect(warnings).toEqual([]);
  });

  const OUTAGES: [string, Behaviour, RegExp][] = [
    ['says nothing', () => {}, /timeout/i],
    [
      'stops in the middle',
      (response) => void response.write('0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n'),
      /timeout/i,
    ],
    ['answers 500', (response) => void response.writeHead(500).end(), /answers 500/],
    [
      'answers something else',
      (response) => void response.end('<html>Welcome to this Wi-Fi</html>'),
      /no range/,
    ],
    ['answers nothing', (response) => void response.end(), /no range/],
    [
      'sends us elsewhere',
      (response) => void response.writeHead(302, { Location: '/x' }).end(),
      /fetch failed/,
    ],
    ['hangs up', (response) => void response.destroy(), /fetch failed/],
    [
      'does not end',
      (response) => {
        const line = '0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n'.repeat(1_000);
        const more = () => {
          while (!response.destroyed && response.write(line));
        };
        response.on('drain', more);
        more();
      },
      /without an end|timeout/,
    ],
  ];
  test.each(OUTAGES)(
    'when it %s, the password is taken, the log says so once, and a minute long nobody waits [T-24]',
    async (_, outage, reason) => {
      const isBreached = listAt(server.url);
      server.behave(outage);
      const started = performance.now();
      expect(await isBreached('password123')).toBe(false);
      expect(performance.now() - started).toBeLessThan(1_500);
      server.behave(knowing('password123'));
      now += 59_999;
      expect(await isBreached('password123')).toBe(false);
      expect([server.asked.length, warnings.length]).toEqual([1, 1]);
      expect(warnings[0]).toMatch(reason);
      expect(warnings[0]).not.toContain('password123');
      now += 1;
      expect(await isBreached('password123')).toBe(true);
    },
  );
});

describe('in a file that is sorted by hash', () => {
  const known = Array.from({ length: 600 }, (_, i) => `known password ${i}`);
  const lines = known.map((one, i) => `${sha1Of(one)}:${10 ** (i % 9)}`).sort();

  test.each([
    ['with the line ends of Windows', lines.join('\r\n')],
    ['with those of Unix, and one at the end', `${lines.join('\n')}\n`],
    ['without counts', lines.map((line) => line.slice(0, 40)).join('\n')],
    ['in small letters', lines.join('\n').toLowerCase()],
  ])('every password is found, and no other, %s', async (what, text) => {
    const path = join(folder, `${what}.txt`);
    writeFileSync(path, text);
    const isBreached = listAt(`file:${path}`);
    const found = await Promise.all(known.map(isBreached));
    expect(found.filter(Boolean).length).toBe(known.length);
    const others = await Promise.all(known.map((one) => isBreached(`un${one}`)));
    expect(others.filter(Boolean).length).toBe(0);
    expect(warnings).toEqual([]);
  });

  test('one line, or none, is a file too', async () => {
    const path = join(folder, 'short.txt');
    writeFileSync(path, '');
    expect(await listAt(`file:${path}`)('known password 0')).toBe(false);
    writeFileSync(path, `${sha1Of('known password 0')}:1`);
    expect(await listAt(`file:${path}`)('known password 0')).toBe(true);
    expect(await listAt(`file:${path}`)('known password 1')).toBe(false);
  });

  test('what is no such file cannot be asked, and nobody is kept out', async () => {
    const path = join(folder, 'other.txt');
    writeFileSync(path, 'once upon a time\n'.repeat(100));
    expect(await listAt(`file:${path}`)('known password 0')).toBe(false);
    expect(warnings.join()).toMatch(/no hash/);
  });

  test('a server does not start on a file that is not there', () => {
    expect(() => listAt(`file:${join(folder, 'nowhere')}`)).toThrow(/BREACHED_PASSWORDS names a file/);
  });
});

test('a folder of ranges is read as the network answers', async () => {
  const [prefix, suffix] = [sha1Of('password123').slice(0, 5), sha1Of('password123').slice(5)];
  writeFileSync(join(folder, `${prefix}.txt`), `${suffix}:7\r\n`);
  expect(await listAt(`file:${folder}`)('password123')).toBe(true);
});
