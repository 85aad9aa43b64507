import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configFindings } from '../../src/cli/config-breaches.ts';
import { ConfigError, readConfig } from '../../src/config.ts';
import { SETTINGS } from '../../src/settings.ts';
import { runHere } from '../support/command.ts';

const KEY = 'q7Wv0mJk3xZr9TnYb5LcHd2GsPf8Ea4U-secret';
const DATABASE = 'postgres://latchkey:hush-hush@db/latchkey';
const REST = { PUBLIC_URL: 'https://auth.example.com' };

let folder: string;
const file = (content: string | Uint8Array) => {
  const path = join(folder, String(Math.random()));
  writeFileSync(path, content);
  return path;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-secrets-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const keyOf = (content: string) =>
  readConfig('serve', { ...REST, SECRET_KEY_FILE: file(content) }).secretKey.reveal();

function faultsOf(settings: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig('serve', settings);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

test('a secret is read from the file that is named, without one line break at its end [K-05]', () => {
  for (const end of ['', '\n', '\r\n']) expect(keyOf(KEY + end)).toBe(KEY);
  expect(keyOf(`${KEY}\n\n`)).toBe(`${KEY}\n`);
  expect(keyOf(` ${KEY} `)).toBe(` ${KEY} `);
});

test('every secret can be in a file, and what it holds is judged as if it were set', () => {
  const secrets = Object.values(SETTINGS).filter((setting) => 'isSecret' in setting);
  expect(secrets.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['SECRET_KEY', 'DATABASE_URL', 'REDIS_URL', 'MAIL_URL', 'METRICS_TOKEN']),
  );
  for (const { name } of secrets) {
    const settings = { ...REST, ...(name !== 'SECRET_KEY' && { SECRET_KEY: KEY }) };
    const faults = faultsOf({ ...settings, [`${name}_FILE`]: file('\u0001 no value') });
    expect(faults, name).toEqual([expect.stringMatching(new RegExp(`^${name} `))]);
  }
});

test('a file that is no use is a fault beside all others, and each is told once [K-06]', () => {
  const [missing, empty, binary] = [join(folder, 'nowhere'), file('\n'), file(Buffer.alloc(48, 0xfe))];
  const faults = faultsOf({
    SECRET_KEY_FILE: missing,
    DATABASE_URL_FILE: empty,
    REDIS_URL_FILE: folder,
    MAIL_URL_FILE: binary,
    METRICS_TOKEN_FILE: file(KEY),
    METRICS_TOKEN: KEY,
    PORT_FILE: file('8000'),
    SOMEBODY_ELSES_FILE: missing,
  });
  const fault = (text: string) => expect.stringContaining(text);
  expect([...faults].sort()).toEqual([
    fault(`DATABASE_URL_FILE names an empty file: ${empty}`),
    fault('MAIL_URL_FILE names a file that cannot be read (ERR_ENCODING_INVALID_ENCODED_DATA): '),
    fault('METRICS_TOKEN_FILE is set beside METRICS_TOKEN'),
    fault('PORT_FILE is not read: only secrets are taken from files. Set PORT'),
    fault('PUBLIC_URL has to be set.'),
    fault(`REDIS_URL_FILE names a file that cannot be read (EISDIR): ${folder}`),
    fault(`SECRET_KEY_FILE names a file that cannot be read (ENOENT): ${missing}`),
  ]);
  const found = configFindings({ ...REST, SECRET_KEY_FILE: missing, LIMITS: 'off' });
  expect(found.map(({ setting }) => setting)).toEqual(expect.arrayContaining(['SECRET_KEY_FILE', 'LIMITS']));
  expect(found.map(({ setting }) => setting)).not.toContain('SECRET_KEY');
});

test('commands read the files too, and print nothing of what is in them [K-05] [ASVS 13.3.1]', async () => {
  const settings = {
    SECRET_KEY: '',
    DATABASE_URL: '',
    SECRET_KEY_FILE: file(KEY),
    DATABASE_URL_FILE: file(DATABASE),
  };
  const command = (...words: string[]) => runHere(words, { databaseUrl: '', settings });
  const shown = await command('config');
  expect(shown).toMatchObject({ code: 0, err: '' });
  expect(shown.out).toContain('SECRET_KEY=***\n');
  expect(shown.out).toContain('DATABASE_URL=postgres://latchkey:***@db/latchkey\n');
  const audited = await command('audit-config');
  expect(audited.out).toContain('DATABASE_URL (ASVS 12.3.1)');
  expect(shown.output + audited.output).not.toMatch(/q7Wv0mJk|hush-hush/);
});

test('a development server takes its key from the file, and makes none', async () => {
  const settings = { SECRET_KEY: '', SECRET_KEY_FILE: join(folder, 'nowhere') };
  const ended = await runHere(['config'], { databaseUrl: `sqlite:${folder}/data.sqlite3`, settings });
  expect(ended).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^latchkey: SECRET_KEY_FILE names .*\n$/),
  });
});
