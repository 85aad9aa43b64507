import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { runHere } from './support/command.ts';
import { only } from './support/database.ts';
import { testFolder } from './support/django-files.ts';
import { makeDjangoSample } from './support/django-sample.ts';
import { djangoCopy } from './support/export.ts';
import { PATIENTLY, rounds, tell } from './support/rounds.ts';
import { migratedSharedDatabase, type SharedDatabase } from './support/shared-database.ts';

const BIN = fileURLToPath(new URL('../bin/latchkey.js', import.meta.url));
const USERS = 120;

interface Setting {
  readonly shared: SharedDatabase;
  /** the Django database */
  readonly path: string;
  run(...parameters: string[]): ReturnType<typeof runHere>;
}

/** A Django database that has been imported; then everybody got another password here. */
async function changedEverywhere(): Promise<Setting> {
  const shared = await migratedSharedDatabase();
  onTestFinished(() => shared.remove());
  const path = join(testFolder(), 'django.sqlite3');
  makeDjangoSample(path, { users: USERS });
  const run = (...parameters: string[]) => runHere(parameters, { databaseUrl: shared.url });
  expect(await run('import-django', '--from', path)).toMatchObject({ code: 0 });
  await setPasswords(shared, 'argon2$ours');
  return { shared, path, run };
}

async function setPasswords(shared: SharedDatabase, password: string): Promise<void> {
  const database = shared.open();
  await database.db.updateTable('users').set({ password }).execute();
  await database.close();
}

/** How many accounts there have which password. Opening it rolls back what a killed process left. */
function passwordsThere(path: string): Record<string, number> {
  const database = new DatabaseSync(path);
  const rows = database.prepare('select password, count(*) as n from api_user group by password').all();
  database.close();
  return Object.fromEntries(rows.map(({ password, n }) => [String(password), Number(n)]));
}

/** Every write there takes milliseconds, so that a kill hits the middle. */
function slowDown(path: string): void {
  const database = new DatabaseSync(path);
  database.exec(`create trigger slow before update on api_user
    begin select count(*) from api_user a, api_user b where a.id + b.id > 3; end`);
  database.close();
}

function start({ shared, path }: Setting): { child: ChildProcess; ended: Promise<unknown> } {
  const child = spawn(process.execPath, [BIN, 'export-django', '--to', path], {
    cwd: testFolder(),
    env: { PATH: process.env.PATH, DATABASE_URL: shared.url, SQLITE_SYNCHRONOUS: 'normal' },
    stdio: 'ignore',
  });
  return { child, ended: new Promise((resolve) => child.on('close', resolve)) };
}

/** The same of PostgreSQL, and whether an export is writing to it. */
async function everywhereInPostgres() {
  const shared = await migratedSharedDatabase();
  onTestFinished(() => shared.remove());
  const { url, sql } = await djangoCopy('pg-5.2');
  const run = (...parameters: string[]) => runHere(parameters, { databaseUrl: shared.url });
  expect(await run('import-django', '--from', url)).toMatchObject({ code: 0 });
  await setPasswords(shared, 'argon2$ours');
  await sql(`create function slow() returns trigger language plpgsql as
    $$ begin perform pg_sleep(0.02); return new; end $$;
    create trigger slow before update on api_user for each row execute function slow()`);
  const isWriting = async () =>
    (
      await sql(`select 1 from pg_stat_activity where application_name = 'latchkey' and query like 'update%'
        and datname = current_database()`)
    ).length > 0;
  const written = async () => (await sql("select 1 from api_user where password = 'argon2$ours'")).length;
  return { setting: { shared, path: url, run }, isWriting, written };
}

// Whose accounts are written there, the command neither tells nor knows.
only('sqlite', () => {
  test('the command says what it would write, writes nothing in a dry run, then does it, once', async () => {
    const { path, run } = await changedEverywhere();
    const bytes = readFileSync(path);
    const dry = await run('export-django', '--to', path, '--dry-run');
    expect(dry).toMatchObject({ code: 0 });
    expect(dry.output).toContain(
      `would be added there: 0, would be changed there: ${USERS}, as they were: 0`,
    );
    expect(readFileSync(path).equals(bytes)).toBe(true);
    const real = await run('export-django', '--to', `sqlite:${path}`);
    expect(real).toMatchObject({ code: 0 });
    expect(real.output).toContain(`added there: 0, changed there: ${USERS}, as they were: 0`);
    expect(real.output).toContain('Argon2PasswordHasher');
    expect(passwordsThere(path)).toEqual({ argon2$ours: USERS });
    const { code, output } = await run('export-django', '--to', path, '--json');
    const report = JSON.parse(output.slice(output.indexOf('{')));
    expect(code).toBe(0);
    expect(report.accounts).toMatchObject({ added: [], changed: [], same: USERS });
  }, 30_000);

  test('the command refuses with a sentence what is no Django database, and a map of no claim', async () => {
    const shared = await migratedSharedDatabase();
    onTestFinished(() => shared.remove());
    const path = join(testFolder(), 'django.sqlite3');
    const run = (...parameters: string[]) => runHere(parameters, { databaseUrl: shared.url });
    const missing = await run('export-django', '--to', path);
    expect(missing).toMatchObject({ code: 1 });
    expect(missing.output).toContain(`latchkey: There is no file ${path}. Nothing was written.`);
    expect(existsSync(path)).toBe(false);
    const claim = await run('export-django', '--to', path, '--map', 'nickname=bio');
    expect(claim.output).toContain('--map nickname=bio: write claim=column');
    expect(await run('export-django')).toMatchObject({ code: 1 });
  }, 30_000);

  test('killed in the middle nothing is written there, and another run does it all', PATIENTLY, async () => {
    const setting = await changedEverywhere();
    const { shared, path, run } = setting;
    slowDown(path);
    let before = passwordsThere(path);
    let [inTheMiddle, after] = [0, 0];
    for (let round = 0; round < rounds(1, 30); round++) {
      const password = `argon2$round${round}`;
      await setPasswords(shared, password);
      const { child, ended } = start(setting);
      const isGone = ended.then(() => true);
      // SQLite keeps what it would take back beside the file for as long as it writes.
      while (!existsSync(`${path}-journal`) && !(await Promise.race([isGone, sleep(1)])));
      await sleep(randomInt(round === 0 ? 20 : 500));
      child.kill('SIGKILL');
      await ended;
      const found = passwordsThere(path);
      const isAll = found[password] === USERS;
      expect(isAll ? { [password]: USERS } : before).toEqual(found);
      if (isAll) after++;
      else inTheMiddle++;
      const { code, output } = await run('export-django', '--to', path, '--json');
      expect(code, output).toBe(0);
      expect(JSON.parse(output.slice(output.indexOf('{'))).conflicts).toEqual([]);
      before = { [password]: USERS };
      expect(passwordsThere(path)).toEqual(before);
    }
    expect(inTheMiddle).toBeGreaterThan(0);
    tell(`exports killed: ${inTheMiddle} while they wrote, ${after} after it`);
  });
});

only('postgres', () =>
  test('and in PostgreSQL just so', PATIENTLY, async () => {
    const { setting, isWriting, written } = await everywhereInPostgres();
    const { child, ended } = start(setting);
    while (!(await isWriting()) && child.exitCode === null);
    await sleep(100);
    child.kill('SIGKILL');
    await ended;
    while (await isWriting());
    expect(await written()).toBe(0);
    const { code, output } = await setting.run('export-django', '--to', setting.path, '--json');
    expect(code, output).toBe(0);
    expect(JSON.parse(output.slice(output.indexOf('{'))).conflicts).toEqual([]);
    expect(await written()).toBe(34);
  }),
);
