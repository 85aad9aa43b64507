import { describe, expect } from 'vitest';
import { expectNothingHappened, test } from './support/oracles.ts';
import type { World } from './support/world.ts';

const PASSWORD = 'Sup3rSecret!x';
const TAKEN_NAME = { username: ['A user with that username already exists.'] };
const TAKEN_EMAIL = { email: ['user with this email already exists.'] };

/** Registers with a good password; gives status and body. */
async function register(world: World, body: object): Promise<[number, unknown]> {
  const { status, json } = await world.post('/api/register/', { password: PASSWORD, ...body });
  return [status, json];
}

describe('whose a name is (D3)', () => {
  const bobWith = (email: string) => ({ username: 'bob', email });
  const taken: [string, object, object][] = [
    ['a user name in another case', { username: 'ALICE' }, TAKEN_NAME],
    ['a full-width user name', { username: 'ａｌｉｃｅ' }, TAKEN_NAME],
    ['a full-width capital user name', { username: 'ＡＬＩＣＥ' }, TAKEN_NAME],
    ["a user name that is somebody's e-mail", { username: 'Alice@example.ORG' }, TAKEN_NAME],
    ['an e-mail in another case', bobWith('ALICE@example.org'), TAKEN_EMAIL],
    ['an e-mail with its domain in another case', bobWith('alice@EXAMPLE.org'), TAKEN_EMAIL],
    ["an e-mail that is somebody's user name", bobWith('carol@example.org'), TAKEN_EMAIL],
    ['an address in punycode', bobWith('u@xn--bcher-kva.example'), TAKEN_EMAIL],
    ['a pair of both', { username: 'Alice', email: 'Alice@example.org' }, { ...TAKEN_EMAIL, ...TAKEN_NAME }],
  ];

  test('a name is somebody’s without regard to case, width and spelling [G-05, G-17]', async ({ world }) => {
    await register(world, { username: 'alice', email: 'alice@example.org' });
    await register(world, { username: 'carol@example.org' });
    await register(world, { username: 'dora', email: 'u@bücher.example' });
    for (const [what, body, words] of taken) {
      const answer = await expectNothingHappened(world, () => register(world, body));
      expect(answer, what).toEqual([400, words]);
    }
  });

  test('an account may have its e-mail for a user name', async ({ world }) => {
    const both = { username: 'alice@example.org', email: 'alice@example.org' };
    expect((await register(world, both))[0]).toBe(201);
    expect((await world.post('/api/token/', { email: both.email, password: PASSWORD })).status).toBe(200);
  });

  test('of eight who want one name at the same time one gets it [G-11]', async ({ world }) => {
    const names = ['alice', 'ALICE', 'Alice', 'ａlice', 'alicE', 'aLice', 'alIce', 'alice'];
    const answers = await Promise.all(names.map((username) => register(world, { username })));
    expect(answers.filter(([status]) => status === 201)).toHaveLength(1);
    expect(answers.filter(([status]) => status === 400).map(([, body]) => body)).toEqual(
      Array(7).fill(TAKEN_NAME),
    );
    expect(await world.app.store.audit.list(10)).toHaveLength(1);
  });

  test('two accounts that want each other’s names at the same time: one gets both', async ({ world }) => {
    for (let round = 0; round < 5; round += 1) {
      const [one, two] = [`one${round}@example.org`, `two${round}@example.org`];
      const answers = await Promise.all([
        register(world, { username: one, email: two }),
        register(world, { username: two, email: one }),
      ]);
      expect(answers.map(([status]) => status).sort()).toEqual([201, 400]);
    }
  });
});

describe('look-alikes of an e-mail [L-10]', () => {
  // dotless i, long s, Kelvin sign: what upper and lower case of Unicode make i, s and k of
  test.for(['m\u0131ke', '\u017fam', '\u212aate'])(
    '%s@example.org is an address of its own and nobody else’s',
    async (local, { world }) => {
      for (const username of ['mike', 'sam', 'kate'])
        await register(world, { username, email: `${username}@example.org` });
      const email = `${local}@example.org`;
      for (const login of [{ email }, { username: email }])
        expect((await world.post('/api/token/', { ...login, password: PASSWORD })).status).toBe(401);
      expect(await register(world, { username: 'other', email })).toMatchObject([201, { email }]);
    },
  );

  test('what is no address finds nobody, however a browser would read its host', async ({ world }) => {
    await register(world, { username: 'kate', email: 'kate@example.org' });
    const found: string[] = [];
    for (const host of [
      'example.org/x',
      'example.org?x',
      'example.org#x',
      'ex%61mple.org',
      'exa\tmple.org',
    ]) {
      for (const field of ['email', 'username']) {
        const reply = await world.post('/api/token/', { [field]: `kate@${host}`, password: PASSWORD });
        if (reply.status !== 401) found.push(`${field}: kate@${host}`);
      }
    }
    expect(found).toEqual([]);
  });

  test('a full-width @ makes no e-mail', async ({ world }) => {
    await register(world, { username: 'kate', email: 'kate@example.org' });
    const reply = await world.post('/api/token/', { email: 'kate＠example.org', password: PASSWORD });
    expect(reply.status).toBe(401);
  });
});
