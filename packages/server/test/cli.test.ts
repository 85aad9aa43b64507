import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { MIGRATIONS } from '../src/adapters/sql/migrate.ts';
import { runHere } from './support/command.ts';
import { DATABASE, only } from './support/database.ts';
import { createDatabase } from './support/postgres.ts';
import { PATIENTLY } from './support/rounds.ts';

const BIN = fileURLToPath(new URL('../bin/latchkey.js', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let folder: string;
let databaseUrl: string;
let drop = async () => {};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-cli-'));
  if (DATABASE === 'sqlite') databaseUrl = `sqlite:${join(folder, 'data.sqlite3')}`;
  else ({ url: databaseUrl, drop } = await createDatabase(inject('postgresAdminUrl')));
});
afterEach(async () => {
  await drop();
  rmSync(folder, { recursive: true });
});

/** Runs a command as an operator would, without a terminal, in a process of its own. */
function latchkey(args: readonly string[], { env = {}, input = '' } = {}): Promise<Ended> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: folder,
    env: { PATH, DATABASE_URL: databaseUrl, ...env },
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (data) => (said.out += data));
  child.stderr.on('data', (data) => (said.err += data));
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...said })));
}

/** The same in this process. */
function here(args: readonly string[], { env = {}, input = '' } = {}): Promise<Ended> {
  const settings = { SECRET_KEY: '', PUBLIC_URL: '', ...env };
  return runHere(args, { databaseUrl, settings, input });
}

const NAMES = Object.keys(MIGRATIONS);
const PASSWORD = 'V3ry-l0ng-passphrase';

test('an operator sets up a database and its first superuser, in a script', PATIENTLY, async () => {
  expect(await latchkey(['migrate', '--plan'])).toMatchObject({
    code: 0,
    out: expect.stringContaining(`:\n${NAMES.map((name) => `would run ${name}\n`).join('')}`),
  });
  expect(await latchkey(['migrate'])).toMatchObject({
    code: 0,
    out: expect.stringContaining(`:\n${NAMES.map((name) => `ran ${name}\n`).join('')}`),
  });
  expect(await latchkey(['migrate'])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/:\nnothing to do, the schema is up to date\n$/),
  });
  const made = await latchkey(
    ['createsuperuser', '--username', 'root', '--email', 'root@example.com', '--password-stdin'],
    {
      input: `${PASSWORD}\n`,
    },
  );
  expect(made).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Superuser "root" has id 1 in .+\.\n$/),
    err: '',
  });
  const changed = await latchkey(['changepassword', 'ROOT@example.com'], {
    env: { LATCHKEY_PASSWORD: `${PASSWORD}2` },
  });
  expect(changed).toEqual({
    code: 0,
    out: expect.stringMatching(/^The password of "root" is changed; 0 sessions ended in .+\.\n$/),
    err: '',
  });
  expect(await latchkey(['undelete', 'root'])).toMatchObject({
    code: 1,
    err: 'latchkey: The account "root" is not deleted, or is about to be erased.\n',
  });
  expect(await latchkey(['purge'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('purge expired sessions: 0\n'),
  });
});

// How the command line talks is the same on any database.
only('sqlite', () => {
  test('a name that is taken is refused, in any letter case, and a weak password can be insisted on', async () => {
    await here(['migrate']);
    const weak = ['createsuperuser', '--username', 'root', '--password-stdin', '--allow-weak-password'];
    expect(await here(weak, { input: 'root' })).toMatchObject({ code: 0 });
    const again = await here(['createsuperuser', '--username', 'ROOT', '--password-stdin'], {
      input: PASSWORD,
    });
    expect(again).toMatchObject({ code: 1, err: 'latchkey: A user with that username already exists.\n' });
  });

  test('what goes wrong is one line that says what to do, and exit code 1', async () => {
    const early = await here(['createsuperuser', '--username', 'root'], {
      env: { LATCHKEY_PASSWORD: PASSWORD },
    });
    expect(early).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^latchkey: The database .* is empty. Run: npx latchkey migrate\n$/),
    });
    await here(['migrate']);
    const cases: [string[], object, RegExp][] = [
      [['createsuperuser', '--username', 'root'], {}, /No password: use --password-stdin/],
      [['createsuperuser'], { env: { LATCHKEY_PASSWORD: PASSWORD } }, /A user name is needed/],
      [
        ['createsuperuser', '--username', 'root', '--email', 'x'],
        { env: { LATCHKEY_PASSWORD: PASSWORD } },
        /"x" is not an e-mail/,
      ],
      [
        ['createsuperuser', '--username', 'root', '--password-stdin'],
        { input: 'root' },
        /too short. It must contain at least 15 characters.* too similar/,
      ],
      [['changepassword', 'nobody', '--password-stdin'], { input: PASSWORD }, /Nobody logs in as "nobody"/],
    ];
    const endings = await Promise.all(cases.map(([args, about]) => here(args, about)));
    for (const [i, [args, , words]] of cases.entries()) {
      const { code = undefined, err = '' } = endings[i] ?? {};
      expect(err).toMatch(words);
      expect({ args, code, lines: err.trim().split('\n').length }).toEqual({ args, code: 1, lines: 1 });
    }
  });

  test('serve tells every fault of its settings at once and does not start [K-06]', async () => {
    const { code, err } = await latchkey(['serve'], { env: { PORT: 'x', SECRET_KEY: 'short' } });
    expect(code).toBe(1);
    expect(err).toMatch(
      /^latchkey: PORT must be .*\nlatchkey: SECRET_KEY must be .*\nlatchkey: PUBLIC_URL has to be set.*\n$/,
    );
  });

  test('serve tells what is wrong with the settings about Django and does not start', async () => {
    const good = {
      SECRET_KEY: 'q7Wv0mJk3xZr9TnYb5LcHd2GsPf8Ea4U',
      PUBLIC_URL: 'https://auth.example.com',
      DJANGO_TOKENS: 'on',
    };
    const odd = { DJANGO_TOKENS: 'yes', DJANGO_JWT_ALGORITHM: 'none', DJANGO_TOKEN_MAX_SECONDS: '-1' };
    const misfit = { DJANGO_JWT_KEY: 'the text of a key', DJANGO_JWT_ALGORITHM: 'RS256' };
    await here(['migrate']);
    const [told, mismatched] = await Promise.all([
      here(['serve'], { env: { ...good, ...odd } }),
      here(['serve'], { env: { ...good, ...misfit } }),
    ]);
    expect(told).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /^latchkey: DJANGO_TOKENS must be .*\nlatchkey: DJANGO_JWT_ALGORITHM must be .*\nlatchkey: DJANGO_TOKEN_MAX_SECONDS must be .*\n$/,
      ),
    });
    expect(mismatched).toMatchObject({
      code: 1,
      out: '',
      err: 'latchkey: DJANGO_JWT_KEY must be a public key in PEM for RS256\n',
    });
  });

  test('a port that is taken and a folder that is not there are said in a sentence', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const taken = await latchkey(['dev'], { env: { PORT: String(port) } });
    other.close();
    expect(taken).toMatchObject({
      code: 1,
      err: expect.stringContaining(`latchkey: Port ${port} is taken.`),
    });
    const nowhere = await latchkey(['dev'], { env: { DATABASE_URL: `sqlite:${folder}/none/x.sqlite3` } });
    expect(nowhere).toMatchObject({
      code: 1,
      err: `latchkey: There is no folder ${folder}/none. Make it, or change DATABASE_URL.\n`,
    });
  });

  test('the settings in force are printed without their secrets [K-05]', async () => {
    const { code, out } = await here(['config'], {
      env: { SECRET_KEY: 'q7Wv0mJk3xZr9TnYb5LcHd2GsPf8Ea4U' },
    });
    expect(code).toBe(0);
    expect(out).toContain('SECRET_KEY=***\n');
    expect(out).not.toContain('q7Wv0mJk');
  });

  test('every command explains itself', async () => {
    const { out } = await latchkey(['--help']);
    const commands = [...out.matchAll(/^ {2}([a-z-]+)[ \n]/gm)]
      .map(([, name = '']) => name)
      .filter((name) => name !== 'help');
    expect(commands).toEqual([
      'dev',
      'serve',
      'migrate',
      'createsuperuser',
      'changepassword',
      'undelete',
      'import-django',
      'export-django',
      'keys',
      'audit',
      'explain',
      'backup',
      'restore',
      'purge',
      'openapi',
      'config',
      'audit-config',
      'doctor-django',
    ]);
    const helps = await Promise.all(commands.map((command) => here([command, '--help'])));
    expect(
      helps.map(({ code, out: text }) => ({ code, usage: text.startsWith('Usage: latchkey ') })),
    ).toEqual(commands.map(() => ({ code: 0, usage: true })));
    expect(await latchkey(['--version'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    expect(await here(['nonsense'])).toMatchObject({
      code: 1,
      err: expect.stringContaining("unknown command 'nonsense'"),
    });
  });

  test('the database and the key of a development server are for their owner alone, and a weak key of Django is told [S-12]', async () => {
    await here(['migrate']);
    const child = spawn(process.execPath, [BIN, 'dev'], {
      cwd: folder,
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl,
        PORT: '0',
        DJANGO_TOKENS: 'on',
        DJANGO_JWT_KEY: 'of-Django-and-short',
      },
    });
    let said = '';
    child.stderr.on('data', (data) => (said += data));
    await new Promise((resolve) =>
      child.stderr.on('data', (data) => String(data).includes('Try:') && resolve(undefined)),
    );
    const modes = ['data.sqlite3', 'data.sqlite3-wal', 'latchkey.key'].map(
      (name) => statSync(join(folder, name)).mode & 0o777,
    );
    child.kill('SIGTERM');
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ modes, code }).toEqual({ modes: [0o600, 0o600, 0o600], code: 0 });
    expect(said).toContain('DJANGO_JWT_KEY must be at least 32 bytes long. Who guesses it');
    expect(said).not.toContain('of-Django-and-short');
  });
});
