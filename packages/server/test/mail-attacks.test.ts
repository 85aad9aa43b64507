import { describe, expect } from 'vitest';
import { uidOf } from '../src/domain/email/link.ts';
import { render } from '../src/domain/email/render.ts';
import { keepAliveClient } from './support/client.ts';
import { boxOf, linkIn } from './support/mail.ts';
import { expectNothingHappened, test } from './support/oracles.ts';
import { PATIENTLY, rounds, tell } from './support/rounds.ts';
import { welch } from './support/timing.ts';
import type { World } from './support/world.ts';

const PASSWORD = 'Sup3rSecret!x';

/** `npm test` compares answers and what is written: times are judged in the long run, alone. */
const SAMPLES = rounds(4, 2_000);
const LARGEST_T = rounds(Number.POSITIVE_INFINITY, 4.5);

const account = (world: World, name: string) =>
  world.post('/api/register/', { username: name, email: `${name}@example.org`, password: PASSWORD });

/** One of each kind of address, all of one length. */
async function addresses(world: World): Promise<readonly string[]> {
  const names = ['active', 'closed', 'proven', 'social'];
  for (const name of names) await account(world, name);
  const { app } = world;
  await app.store.transaction((store) => store.accounts.change(2, { isActive: false }));
  await app.store.transaction((store) => store.accounts.change(3, { profile: { verified: true } }));
  await app.store.accounts.setPassword(4, '!unusable');
  await boxOf(app).collect();
  return [...names, 'nobody'].map((name) => `${name}@example.org`);
}

const ASKING = [
  '/api/password/reset/',
  '/api/email/verify/',
  '/auth/users/reset_password/',
  '/auth/users/resend_activation/',
  '/auth/users/reset_email/',
  '/auth/users/reset_username/',
];

/** What a request wrote down, but for the address. */
async function written({ lent }: World) {
  const rows = await lent.database.db.selectFrom('outbox').selectAll().orderBy('id').execute();
  return rows.map(({ id: _, recipient: __, ...row }) => row);
}

describe('nobody learns who has which address [E-11]', () => {
  test.for(ASKING)(
    '%s answers the same and writes the same down, whoever has it',
    async (path, { world }) => {
      const seen = new Set<string>();
      for (const email of await addresses(world)) {
        const { status, text, headers } = await world.post(path, { email });
        const [row, ...more] = await written(world);
        seen.add(JSON.stringify([status, text, headers.get('content-length'), row, more]));
        await boxOf(world.app).collect();
      }
      expect([...seen]).toHaveLength(1);
    },
  );

  test('it takes as long for an account as for nobody, judged in test:long', PATIENTLY, async ({ open }) => {
    const world = await open();
    const emails = await addresses(world);
    const client = keepAliveClient(1);
    const ask = async (email = '') => {
      const began = performance.now();
      await client.post({ url: world.baseUrl }, '/api/password/reset/', { email });
      return performance.now() - began;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let i = 0; i < SAMPLES; i += 1) {
      const both = [
        async () => known.push(await ask(emails[i % 4])),
        async () => unknown.push(await ask(`n${String(i).padStart(5, '0')}@example.org`)),
      ];
      for (const one of Math.random() < 0.5 ? both : both.toReversed()) await one();
    }
    client.close();
    const t = welch(known, unknown);
    tell(`asking for a reset of an account and of nobody: t ${t.toFixed(2)}`);
    expect(Math.abs(t)).toBeLessThan(LARGEST_T);
  });
});

test('what stands behind a + makes no other mailbox [E-14]', async ({ open }) => {
  const world = await open({ LIMITS: 'on' });
  await account(world, 'alice');
  const box = boxOf(world.app);
  await box.collect();
  for (const email of [
    'alice+1@example.org',
    'Alice+2@example.org',
    'alice+3@EXAMPLE.org',
    'alice@example.org',
  ])
    expect((await world.post('/auth/users/reset_password/', { email })).status).toBe(204);
  expect(await box.collect()).toEqual([]);
});

test('who registers others with an address that somebody has sends its owner three mails an hour [G-18]', async ({
  open,
}) => {
  const off = { LOGIN_NEEDS_VERIFIED_EMAIL: 'on', REGISTRATION_TELLS_TAKEN_EMAIL: 'off' };
  const world = await open({ ...off, LIMITS: 'on', TRUSTED_PROXIES: '127.0.0.1' });
  await account(world, 'alice');
  const box = boxOf(world.app);
  await box.collect();
  for (let i = 0; i < 12; i += 1) {
    const body = { username: `mallory${i}`, email: 'alice@example.org', password: PASSWORD };
    const headers = { 'X-Forwarded-For': `10.0.0.${i}` };
    expect((await world.post('/api/register/', body, { headers })).status).toBe(201);
  }
  expect((await box.collect()).length).toBeLessThanOrEqual(3);
});

test('another’s uid with one’s own token, at every path that takes a link, does nothing [E-08]', async ({
  world,
}) => {
  await account(world, 'alice');
  await account(world, 'mallory');
  const box = boxOf(world.app);
  await box.collect();
  await world.post('/auth/users/reset_password/', { email: 'mallory@example.org' });
  const { token } = linkIn((await box.collect())[0]);
  const more = { new_password: 'An0therSecret!y', new_email: 'm@example.org', new_username: 'm', user_id: 1 };
  const paths = ['reset_password_confirm', 'reset_email_confirm', 'reset_username_confirm', 'activation'];
  await expectNothingHappened(world, async () => {
    for (const path of paths)
      for (const uid of [uidOf(1), uidOf(999)])
        expect((await world.post(`/auth/users/${path}/`, { uid, token, ...more })).json).toEqual({
          token: ['Invalid token for given user.'],
        });
  });
});

test('random tokens and uids open nothing, and a token has 256 bits [E-15]', async ({ world }) => {
  await account(world, 'alice');
  const { token } = linkIn((await boxOf(world.app).collect())[0]);
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  await expectNothingHappened(world, async () => {
    for (let i = 0; i < 50; i += 1) {
      const guess = Buffer.from(world.app.random.bytes(32)).toString('base64url');
      expect((await world.post('/api/email/verify/confirm/', { token: guess, uid: uidOf(1) })).status).toBe(
        400,
      );
    }
    for (const uid of ['zzz', '', 'MQ==', 'MDE', 'LTE', 'MS4w', '1', '../1'])
      expect((await world.post('/auth/users/activation/', { uid, token })).status).toBe(400);
  });
});

test('the page that a link leads to sends its address nowhere, and it is not logged [E-13, E-24]', async ({
  open,
}) => {
  const world = await open({ ACCOUNT_UI: 'on' });
  const path = '/account/password/reset/confirm/MQ/q7Wv0mJk3xZr9TnYb5LcHd2GsPf8Ea4Uq7Wv0mJk3xZ';
  const { status, headers, text } = await world.get(path);
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('referrer-policy')).toBe('same-origin');
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/https?:|\*/);
  expect(text).not.toMatch(/(src|href)="(https?:)?\/\//);
  await world.get('/activate/MQ/q7Wv0mJk3xZr9TnYb5LcHd2GsPf8Ea4Uq7Wv0mJk3xZ/');
  expect(world.notes.join()).not.toContain('q7Wv0m');
  expect(world.notes.join()).toContain('/account/password/reset/confirm/MQ/***');
});

test('in a template of the operator a value is text, whatever it looks like [S-14]', () => {
  const templates = new Map([
    ['verify_email.txt', 'Hello {{email}}, {{link}}'],
    ['verify_email.html', '<p>{{email}}</p><a href="{{link}}">{{unknown}}</a>'],
  ]);
  const values = { site: 's', link: 'https://s/1', email: '{{link}}"<script>$&\r\nBcc: b', ip: '', date: '' };
  const { plain, html, subject } = render('verify_email', 'en', values, templates);
  expect(plain).toBe('Hello {{link}}"<script>$& Bcc: b, https://s/1');
  expect(html).toBe('<p>{{link}}&quot;&lt;script&gt;$&amp; Bcc: b</p><a href="https://s/1">{{unknown}}</a>');
  expect(subject).not.toMatch(/[\r\n]/);
});
