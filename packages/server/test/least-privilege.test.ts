import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { findingsOfUser } from '../src/adapters/process-user.ts';
import { migrate } from '../src/adapters/sql/migrate.ts';
import { type Database, openDatabase } from '../src/adapters/sql/open.ts';
import { warnOfRoot } from '../src/cli/greet.ts';
import { JOBS } from '../src/jobs/jobs.ts';
import { Secret } from '../src/secret.ts';
import { staff } from './support/admin.ts';
import { createDatabase } from './support/postgres.ts';
import { loggedIn, openWorld, type World } from './support/world.ts';

const PAGE = readFileSync(new URL('../../../docs/deployment.md', import.meta.url), 'utf8');
/** Longer than audit events are kept. Seconds. */
const LATER = 420 * 86_400;

/** The statements of docs/deployment.md, for a database and roles of this test. */
function statements(name: string): string[] {
  const blocks = [...PAGE.matchAll(/```sql\n([^`]+)```/g)].map(([, text = '']) => text);
  return blocks
    .join('')
    .split(';')
    .map((text) =>
      text.trim().replaceAll('latchkey_', `${name}_`).replaceAll('database latchkey', `database ${name}`),
    )
    .filter((text) => text !== '')
    .map((text) => text.replace(/^create database (\w+) owner/, 'alter database $1 owner to'));
}

const opened = (url: string) =>
  openDatabase({
    databaseUrl: new Secret(url),
    databasePool: 5,
    databaseWaitSeconds: 2,
    sqliteSynchronous: 'full',
  });

function urlOf(url: string, user: string, password: string): string {
  const other = new URL(url);
  [other.username, other.password] = [user, password];
  return other.href;
}

interface Roles {
  readonly migrating: Database;
  readonly serving: Database;
  remove(): Promise<void>;
}

async function makeRoles(): Promise<Roles> {
  const { name, url, drop } = await createDatabase(inject('postgresAdminUrl'));
  const superuser = new Client({ connectionString: url });
  await superuser.connect();
  for (const statement of statements(name)) await superuser.query(statement);
  await superuser.end();
  const migrating = opened(urlOf(url, `${name}_migrate`, 'the first'));
  const serving = opened(urlOf(url, `${name}_serve`, 'the second'));
  return {
    migrating,
    serving,
    async remove() {
      await Promise.all([migrating.close(), serving.close()]);
      await drop();
      const admin = new Client({ connectionString: inject('postgresAdminUrl') });
      await admin.connect();
      await admin.query(`drop role ${name}_migrate, ${name}_serve`);
      await admin.end();
    },
  };
}

describe('with the two roles of docs/deployment.md', () => {
  let roles: Roles;
  let world: World;

  beforeAll(async () => {
    roles = await makeRoles();
    await migrate(roles.migrating);
    const lent = { url: '', database: roles.serving, release: async () => {} };
    world = await openWorld({}, 'serve', lent);
  });

  afterAll(async () => {
    await world?.close();
    await roles?.remove();
  });

  test('the one that serves can do all that a server does [ASVS 13.2.2]', async () => {
    const { refresh } = await loggedIn(world);
    const renewed = await world.post('/api/token/refresh/', { refresh });
    const { access: token } = renewed.json;
    const passwords = { current_password: 'Sup3rSecret!x', new_password: 'An0therSecret!x' };
    const answers = [
      renewed,
      await world.get('/api/dashboard/', { token }),
      await world.post('/api/password/change/', passwords, { token }),
      await world.ask('PATCH', '/api/profile/', { token, body: { full_name: 'Alice' } }),
      await world.get('/api/account/export/', { token }),
      await world.post('/api/logout/', undefined, { token }),
    ];
    const admin = await staff(world, 'root', 'superuser');
    await admin.stepUp();
    answers.push(
      await admin.get('/api/admin/users/?search=alice'),
      await admin.get('/api/admin/audit/'),
      await admin.get('/api/admin/overview/'),
      await admin.ask('POST', '/api/admin/groups/', { name: 'Editors', permissions: [] }),
      await admin.ask('POST', '/api/admin/keys/rotate/', {}),
    );
    expect(answers.filter(({ status }) => status >= 300).map(({ text }) => text)).toEqual([]);

    world.pass(LATER);
    const counts = new Map<string, number>();
    for (const job of JOBS) counts.set(job.name, await job.run(world.app));
    expect(counts.get('purge expired sessions')).toBeGreaterThan(0);
    expect(counts.get('purge old audit events')).toBeGreaterThan(0);
  });

  test.each([
    'update audit_events set ip = $$$$',
    'delete from audit_events',
    'truncate audit_events',
    'alter table audit_events disable trigger all',
    'drop trigger audit_events_are_append_only on audit_events',
    'drop function audit_events_are_append_only cascade',
    'set session_replication_role = replica',
    'drop table users',
    'alter table users add column note text',
    'create table notes (note text)',
    'create schema notes',
  ])('the one that serves cannot: %s', async (statement) => {
    const { db } = roles.serving;
    const event = { event: 'logged_in', detail: '{}', ip: '', user_agent: '', request_id: '' };
    await db
      .insertInto('audit_events')
      .values({ ...event, at: Date.now() })
      .execute();
    await expect(sql.raw(statement).execute(db)).rejects.toThrow(
      /permission denied|must be owner|audit events/,
    );
  });
});

test('a server that runs as root says so, and is told it by audit-config [K-11]', () => {
  const told: string[] = [];
  const note = (_: object, text: string) => void told.push(text);
  const log = { info: note, warn: note, error: note, request: () => {} };
  warnOfRoot({ profile: 'serve' }, log, 1000);
  warnOfRoot({ profile: 'dev' }, log, 0);
  expect(told).toEqual([]);
  warnOfRoot({ profile: 'serve' }, log, 0);
  expect(told).toHaveLength(1);
  expect(findingsOfUser(1000)).toEqual([]);
  expect(findingsOfUser(0)).toMatchObject([{ setting: 'user', breaks: 'ASVS 13.2.2', isAdvice: true }]);
});
