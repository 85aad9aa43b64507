import { expect } from 'vitest';
import { claimsIn } from './support/forge.ts';
import { expectNothingHappened, test } from './support/oracles.ts';
import { loggedIn } from './support/world.ts';

const PATH = '/api/register/';
const WHO = { username: 'wonderland-alice', email: 'rabbit.hole@example.org' };
const SHORT = 'This password is too short. It must contain at least 8 characters.';
const COMMON = 'This password is too common.';
const NUMERIC = 'This password is entirely numeric.';
const LIKE_NAME = 'The password is too similar to the username.';
const LIKE_EMAIL = 'The password is too similar to the email.';

/** Those that break a rule whoever has them. */
const WEAK: [string, string, string[]][] = [
  ['seven characters', 'a1!b2?c', [SHORT]],
  ['a common one', 'password123', [COMMON]],
  ['the same again and again', 'abcabcabcabc', [COMMON]],
  ['digits alone', '9274650183', [NUMERIC]],
  ['digits of another script', '٩٢٧٤٦٥٠١٨٣', [NUMERIC]],
  ['all of it', '12345', [SHORT, COMMON, NUMERIC]],
];

/** Those that say who has them. */
const ALIKE: [string, string, string[]][] = [
  ['the user name', 'wonderland-alice', [LIKE_NAME]],
  ['nearly the user name', 'Wonderland-Alice1', [LIKE_NAME]],
  ['the e-mail', 'rabbit.hole@example.org', [LIKE_EMAIL]],
  ['a part of the e-mail', 'rabbits9', [LIKE_EMAIL]],
];

test('a weak password is refused where the rules are enforced, with every reason [ASVS 6.2.1, ASVS 6.2.4]', async ({
  world,
}) => {
  await expectNothingHappened(world, async () => {
    for (const [what, password, words] of [...WEAK, ...ALIKE]) {
      const { status, json } = await world.post(PATH, { ...WHO, password });
      expect([status, json], what).toEqual([400, { password: words }]);
    }
  });
});

test('a long password is not cut, and refused only when it is very long [L-03, L-06, ASVS 6.2.9]', async ({
  world,
}) => {
  const long = `${'correct horse battery staple '.repeat(8)}!`;
  await loggedIn(world, 'alice', long);
  for (const password of [long.slice(0, 72), long.slice(0, -1), `${long}!`])
    expect((await world.post('/api/token/', { username: 'alice', password })).status).toBe(401);
  const words = ['This password is too long. It must contain at most 256 characters and 1,024 bytes.'];
  const pictures = String.fromCodePoint(...Array.from({ length: 257 }, (_, i) => 0x1_f300 + i));
  for (const password of [`${long}${'x'.repeat(24)}`, pictures])
    expect((await world.post(PATH, { ...WHO, password })).json).toEqual({ password: words });
});

test("latchkey dev takes the document's admin/admin; the log says so, without the password (D1)", async ({
  open,
}) => {
  const world = await open({}, 'dev');
  const { access } = await loggedIn(world, 'admin', 'admin');
  expect(claimsIn(access)).toMatchObject({ user_id: 1, username: 'admin' });
  const warnings = world.notes.filter((note) => note.startsWith('a password that PASSWORD_RULES=enforce'));
  const faults = '"password_too_short","password_too_common","password_too_similar"';
  expect(warnings).toEqual([expect.stringContaining(`{"faults":[${faults}]}`)]);
  expect(warnings.join()).not.toContain('admin');
});

test('PASSWORD_RULES=warn takes weak passwords in production too, a line of the log each', async ({
  open,
}) => {
  const world = await open({ PASSWORD_RULES: 'warn' });
  for (const [index, [what, password]] of WEAK.entries())
    expect((await world.post(PATH, { username: `u${index}`, password })).status, what).toBe(201);
  const lines = () => world.notes.filter((note) => note.includes('PASSWORD_RULES'));
  expect(lines()).toHaveLength(WEAK.length);
  expect((await world.post(PATH, { username: 'u0', password: '12345' })).status).toBe(400);
  expect(lines()).toHaveLength(WEAK.length);
});

test('latchkey dev enforces the rules when it is told to', async ({ open }) => {
  const world = await open({ PASSWORD_RULES: 'enforce' }, 'dev');
  expect((await world.post(PATH, { username: 'admin', password: 'admin' })).status).toBe(400);
});
