import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeAccount, setPassword } from '../src/domain/accounts/manage.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { type AccountFields, type AdminMessage, isForProduction, loadCases } from './contract/case.ts';
import { describeDifferences, differencesOf } from './contract/compare.ts';
import { readDifferences, readRuleIds } from './contract/differences.ts';
import { checkListed, listedFor, unusedNames, withListedSteps } from './contract/listed.ts';
import { renameCase } from './contract/names.ts';
import type { Target } from './contract/placeholders.ts';
import { playCase } from './contract/play.ts';
import { applyRules, RULES } from './contract/rules.ts';
import { withSessions } from './contract/sessions.ts';
import { changeAccount } from './support/change-account.ts';
import { boxOf, optionalLinkIn } from './support/mail.ts';
import { openWorld, SECRET_KEY, type World } from './support/world.ts';

const FILES = [
  'register',
  'token',
  'refresh',
  'verify',
  'blacklist',
  'dashboard',
  'negotiation',
  'routing',
  'cors',
  'djoser-jwt',
  'djoser-users',
  'djoser-password',
  'djoser-activation',
];

/** Recorded with djoser's strict options, of which these are about some that are always on here: accounts go, new ones get a mail. */
const ALWAYS_STRICT = [
  'strict/me-delete',
  'strict/me-after-delete',
  'strict/login-after-delete',
  'strict/create-success',
  'strict/create-duplicate-inactive',
  'strict/login-before-activation',
  'strict/resend-activation',
  'strict/resend-activation-unknown',
  'strict/activation-success',
  'strict/activation-again',
  'strict/reset-confirm-success',
];

/** Its account has a password of 5,000 characters, which is refused here. */
const NOBODYS = 'token/password-long-5000';

const CASES = FILES.flatMap((file) => loadCases(`${file}.json`)).filter(
  (item) => item.name !== NOBODYS && (ALWAYS_STRICT.includes(item.name) || isForProduction(item)),
);
const MARKDOWN = readFileSync(new URL('../../../docs/differences.md', import.meta.url), 'utf8');
const LISTED = readDifferences(MARKDOWN);

async function idOf({ app }: World, email: string): Promise<number> {
  const account = await app.store.accounts.byLoginName(email);
  if (account === undefined) throw new Error(`there is no ${email}`);
  return account.id;
}

async function changeFields(world: World, id: number, fields: AccountFields): Promise<void> {
  const { app, lent } = world;
  const { username, email, is_active, is_staff, is_superuser, profile, password, password_column } = fields;
  if (password) await setPassword(app, id, password, COMMAND_LINE);
  if (password_column !== undefined || password === null) {
    await sql`update users set password = ${password_column ?? '!'} where id = ${id}`.execute(
      lent.database.db,
    );
  }
  const changes = {
    ...(username !== undefined && { username }),
    ...(email !== undefined && { email }),
    ...(is_active !== undefined && { isActive: is_active }),
    ...(is_staff !== undefined && { isStaff: is_staff }),
    ...(is_superuser !== undefined && { isSuperuser: is_superuser }),
    ...(profile && {
      profile: {
        fullName: profile.full_name,
        bio: profile.bio,
        image: profile.image,
        verified: profile.verified,
      },
    }),
  };
  if (Object.keys(changes).length > 0) await changeAccount(app, id, changes as never, COMMAND_LINE);
  if (profile === null) await sql`delete from profiles where user_id = ${id}`.execute(lent.database.db);
}

async function create(
  world: World,
  account: Extract<AdminMessage, { op: 'create' }>['account'],
): Promise<void> {
  const { username, email, password } = account;
  const created = await world.post('/api/register/', {
    username,
    email,
    password: password ?? 'Sup3rSecret!x',
  });
  if (created.status !== 201) throw new Error(`${email} could not be made: ${created.text}`);
  await changeFields(world, created.json.id, {
    ...account,
    username: undefined,
    email: undefined,
    ...(password && { password: undefined }),
  } as never);
}

async function administer(world: World, message: AdminMessage): Promise<void> {
  if (message.op === 'create') return create(world, message.account);
  const id = await idOf(world, message.email);
  if (message.op === 'delete') await removeAccount(world.app, id, COMMAND_LINE);
  else await changeFields(world, id, message.set);
}

let world: World;
let target: Target;

beforeAll(async () => {
  world = await openWorld({ CORS_ORIGINS: '*' });
  const box = boxOf(world.app);
  target = {
    baseUrl: world.baseUrl,
    secret: SECRET_KEY,
    now: () => world.app.clock.now(),
    wait: async (seconds) => world.pass(seconds),
    admin: (message) => administer(world, message),
    mails: async () => {
      while ((await world.app.store.outbox.count()) > 0) await box.collect();
      return box.letters.map((letter) => ({ to: letter.to, ...optionalLinkIn(letter) }));
    },
  };
});
afterAll(() => world.close());

test('every documented rule is coded, every coded one documented and in use', () => {
  expect(readRuleIds(MARKDOWN)).toEqual(RULES.map(({ id }) => id));
  for (const rule of RULES)
    expect(
      CASES.some((item) => rule.applies(item)),
      rule.id,
    ).toBe(true);
});

test('every listed difference names a case', () => {
  expect(unusedNames(LISTED, CASES)).toEqual([]);
});

describe('a client of the Django system gets what Django answered, or what docs/differences.md says', () => {
  test.each(CASES.map((item, index) => ({ name: item.name, item, index })))(
    '$name',
    async ({ item, index }) => {
      const row = listedFor(item.name, LISTED);
      const owed = applyRules(withSessions(row ? withListedSteps(item, row) : item), RULES);
      const played = renameCase(owed, `x${index.toString(36)}`);
      const answer = await playCase(played, target);
      if (row) expect(checkListed(played, answer, row)).toBeUndefined();
      else expect(describeDifferences(differencesOf(played, answer))).toBe('');
      expect(world.notes.filter((note) => note.startsWith('a request failed'))).toEqual([]);
    },
  );
});
