import { describe, expect } from 'vitest';
import { uidOf } from '../src/domain/email/link.ts';
import { boxOf, linkIn, optionalLinkIn } from './support/mail.ts';
import { test, type World } from './support/world.ts';

const PASSWORD = 'Sup3rSecret!x';
const ALICE = { username: 'alice', email: 'alice@example.org', password: PASSWORD };
const ON_ITS_WAY = '{"detail":"If there is an account for this, a mail is on its way."}';

const account = (world: World, id = 1) => world.app.store.accounts.byId(id);

/** Alice, her box without the mail of registering, and her tokens. */
async function withAlice(world: World) {
  await world.post('/api/register/', ALICE);
  const box = boxOf(world.app);
  const [welcome] = await box.collect();
  const { json } = await world.post('/api/token/', ALICE);
  return { box, welcome, access: json.access as string, refresh: json.refresh as string };
}

/** Asks for a reset and gives the link of the mail. */
async function resetLink(world: World, box: ReturnType<typeof boxOf>) {
  await world.post('/api/password/reset/', { email: ALICE.email });
  return linkIn((await box.collect())[0]);
}

const confirmReset = (world: World, link: object, new_password = 'An0therSecret!y') =>
  world.post('/api/password/reset/confirm/', { ...link, new_password });

describe('verifying an address', () => {
  test('who registers with an address gets a link, which verifies it once', async ({ world }) => {
    const { welcome, box } = await withAlice(world);
    expect(welcome).toMatchObject({ to: ALICE.email, subject: 'Confirm your e-mail address' });
    const link = linkIn(welcome);
    expect(link.uid).toBe(uidOf(1));
    const verified = await world.post('/api/email/verify/confirm/', link);
    expect([verified.status, verified.text]).toEqual([200, '{"detail":"The e-mail address is verified."}']);
    expect((await account(world))?.profile.verified).toBe(true);
    expect((await world.post('/api/email/verify/confirm/', link)).status).toBe(400);
    await world.post('/api/email/verify/', { email: ALICE.email });
    expect(await box.collect()).toEqual([]);
  });

  test('a link lasts 24 hours less a second, and its time begins when it is sent [E-04]', async ({
    world,
  }) => {
    const { box } = await withAlice(world);
    const asked = async () => {
      await world.post('/api/email/verify/', { email: ALICE.email });
      return linkIn((await box.collect())[0]);
    };
    const late = await asked();
    world.pass(86_400);
    expect((await world.post('/api/email/verify/confirm/', late)).status).toBe(400);
    const inTime = await asked();
    world.pass(86_399);
    expect((await world.post('/api/email/verify/confirm/', inTime)).status).toBe(200);
  });

  test('only the newest link is good, and GET uses up nothing', async ({ world }) => {
    const { welcome, box } = await withAlice(world);
    await world.post('/api/email/verify/', { email: 'ALICE@example.org' });
    const [second] = await box.collect();
    expect(second?.to).toBe(ALICE.email);
    expect((await world.post('/api/email/verify/confirm/', linkIn(welcome))).status).toBe(400);
    const { token } = linkIn(second);
    expect((await world.get(`/api/email/verify/confirm/?token=${token}`)).status).toBe(405);
    expect((await world.post('/api/email/verify/confirm/', { token })).status).toBe(200);
  });

  test('a link to an address that the account left verifies nothing [E-22]', async ({ world }) => {
    const { welcome } = await withAlice(world);
    await world.app.store.transaction((store) => store.accounts.change(1, { email: 'new@example.org' }));
    expect((await world.post('/api/email/verify/confirm/', linkIn(welcome))).status).toBe(400);
    expect((await account(world))?.profile.verified).toBe(false);
  });

  test('with LOGIN_NEEDS_VERIFIED_EMAIL nobody logs in before, and the right password alone tells why', async ({
    open,
  }) => {
    const world = await open({ LOGIN_NEEDS_VERIFIED_EMAIL: 'on' });
    const box = boxOf(world.app);
    expect((await world.post('/api/register/', { username: 'bob', password: PASSWORD })).json).toEqual({
      email: ['This field is required.'],
    });
    await world.post('/api/register/', ALICE);
    const refused = await world.post('/api/token/', ALICE);
    expect([refused.status, refused.json.code]).toEqual([401, 'email_not_verified']);
    const wrong = await world.post('/api/token/', { ...ALICE, password: 'wrong' });
    expect(wrong.text).toBe('{"detail":"No active account found with the given credentials"}');
    await world.post('/api/email/verify/confirm/', linkIn((await box.collect())[0]));
    expect((await world.post('/api/token/', ALICE)).status).toBe(200);
  });
});

describe('a forgotten password', () => {
  test('the link sets a new one, ends all sessions, verifies, and is told of [E-17, E-18]', async ({
    world,
  }) => {
    const { box, access, refresh } = await withAlice(world);
    const reply = await confirmReset(world, await resetLink(world, box));
    expect([reply.status, Object.keys(reply.json)]).toEqual([200, ['detail']]);
    expect((await world.get('/api/dashboard/', { token: access })).status).toBe(401);
    expect((await world.post('/api/token/refresh/', { refresh })).status).toBe(401);
    expect((await world.post('/api/token/', ALICE)).status).toBe(401);
    const again = await world.post('/api/token/', { ...ALICE, password: 'An0therSecret!y' });
    expect(again.status).toBe(200);
    expect((await account(world))?.profile.verified).toBe(true);
    expect((await box.collect()).map(({ to, subject }) => [to, subject])).toEqual([
      [ALICE.email, 'Your password was changed'],
    ]);
    const events = await world.app.store.audit.list(3);
    expect(events.map(({ event }) => event.event)).toContain('password_reset');
  });

  test('asking is answered in the same words for every address, and only an owner gets mail [E-11, E-19]', async ({
    world,
  }) => {
    const { box } = await withAlice(world);
    await world.post('/api/register/', { username: 'bob', email: 'bob@example.org', password: PASSWORD });
    await box.collect();
    await world.app.store.transaction((store) => store.accounts.change(2, { isActive: false }));
    for (const path of ['/api/password/reset/', '/api/email/verify/'])
      for (const email of [ALICE.email, 'bob@example.org', 'nobody@example.org']) {
        const reply = await world.post(path, { email });
        expect([reply.status, reply.text]).toEqual([200, ON_ITS_WAY]);
      }
    expect((await box.collect()).map(({ to }) => to)).toEqual([ALICE.email, ALICE.email]);
    expect(await world.app.store.outbox.count()).toBe(0);
    expect((await account(world, 2))?.isActive).toBe(false);
  });

  test('an address that only looks the same is nobody’s, and mail goes to the stored one [E-10]', async ({
    world,
  }) => {
    const { box } = await withAlice(world);
    await world.post('/api/password/reset/', { email: 'alıce@example.org' });
    expect(await box.collect()).toEqual([]);
    await world.post('/api/password/reset/', { email: 'Alice@EXAMPLE.org' });
    expect((await box.collect()).map(({ to }) => to)).toEqual([ALICE.email]);
  });

  const changes: [string, (world: World, access: string) => Promise<unknown>][] = [
    [
      'the e-mail changed',
      ({ app }) => app.store.transaction((s) => s.accounts.change(1, { email: 'b@example.org' })),
    ],
    [
      'the account was deactivated',
      ({ app }) => app.store.transaction((s) => s.accounts.change(1, { isActive: false })),
    ],
    ['the password changed', ({ app }) => app.store.accounts.setPassword(1, 'another hash')],
  ];
  test.for(changes)('a link is void when %s meanwhile [E-06]', async ([, change], { world }) => {
    const { box, access } = await withAlice(world);
    const link = await resetLink(world, box);
    await change(world, access);
    expect((await confirmReset(world, link)).status).toBe(400);
  });

  test('a link is good for one purpose, one account and one time; a weak password does not use it up [E-08]', async ({
    world,
  }) => {
    const { box, welcome } = await withAlice(world);
    await world.post('/api/register/', { username: 'bob', email: 'bob@example.org', password: PASSWORD });
    await box.collect();
    const { uid, token } = await resetLink(world, box);
    const refused: [string, object][] = [
      ['/api/password/reset/confirm/', { ...linkIn(welcome), new_password: 'An0therSecret!y' }],
      ['/api/password/reset/confirm/', { uid: uidOf(2), token, new_password: 'An0therSecret!y' }],
      ['/api/password/reset/confirm/', { uid: 'x', token, new_password: 'An0therSecret!y' }],
      ['/api/password/reset/confirm/', { token: `${token}x`, new_password: 'An0therSecret!y' }],
      ['/api/email/verify/confirm/', { uid, token }],
      ['/api/email/change/confirm/', { uid, token }],
      ['/api/email/change/revert/', { uid, token }],
    ];
    for (const [path, body] of refused)
      expect((await world.post(path, body)).json).toEqual({
        detail: 'The link is not valid, was used, or is too old.',
        code: 'link_refused',
      });
    expect((await confirmReset(world, { uid, token }, '1234')).status).toBe(400);
    expect((await confirmReset(world, { uid, token }, 'alice@example')).json).toEqual({
      new_password: ['The password is too similar to the email.'],
    });
    expect((await confirmReset(world, { uid, token })).status).toBe(200);
    expect((await confirmReset(world, { uid, token })).status).toBe(400);
  });

  test('nothing that is stored can be used as a token, and no token is logged [E-16, E-24]', async ({
    world,
  }) => {
    const { box } = await withAlice(world);
    const { token } = await resetLink(world, box);
    const { db } = world.lent.database;
    const links = await db.selectFrom('mail_links').selectAll().execute();
    const outbox = await db.selectFrom('outbox').selectAll().execute();
    expect(JSON.stringify([links, outbox])).not.toContain(token);
    for (const { token_hash } of links)
      expect((await confirmReset(world, { token: token_hash })).status).toBe(400);
    expect((await confirmReset(world, { token })).status).toBe(200);
    expect(JSON.stringify([world.notes, await world.app.store.audit.list(50)])).not.toContain(token);
  });
});

describe('changing the address', () => {
  const ask = (world: World, access: string, new_email: string, current_password = PASSWORD) =>
    world.post('/api/email/change/', { new_email, current_password }, { token: access });

  async function changed(world: World, box: ReturnType<typeof boxOf>, access: string, email: string) {
    await ask(world, access, email);
    const [letter] = await box.collect();
    expect(letter?.to).toBe(email);
    return world.post('/api/email/change/confirm/', linkIn(letter));
  }

  test('the new address proves itself, the old one can take it back [E-21]', async ({ world }) => {
    const { box, access } = await withAlice(world);
    const old = await resetLink(world, box);
    expect((await changed(world, box, access, 'new@example.org')).status).toBe(200);
    expect(await account(world)).toMatchObject({ email: 'new@example.org', profile: { verified: true } });
    expect((await confirmReset(world, old)).status).toBe(400);
    const [notice] = await box.collect();
    expect(notice?.to).toBe(ALICE.email);
    world.pass(7 * 86_400 - 1);
    expect((await world.post('/api/email/change/revert/', linkIn(notice))).status).toBe(200);
    expect((await account(world))?.email).toBe(ALICE.email);
    expect((await world.get('/api/dashboard/', { token: access })).status).toBe(401);
    expect((await box.collect()).map(({ to, subject }) => [to, subject])).toEqual([
      [ALICE.email, 'Set a new password'],
    ]);
  });

  test('who changes it twice gets no way back of his own before that of the first address', async ({
    world,
  }) => {
    const { box, access } = await withAlice(world);
    await changed(world, box, access, 'thief@example.org');
    const [first] = await box.collect();
    await changed(world, box, access, 'hidden@example.org');
    const [second] = await box.collect();
    expect([second?.to, second && optionalLinkIn(second)]).toEqual(['thief@example.org', undefined]);
    expect((await world.post('/api/email/change/revert/', linkIn(first))).status).toBe(200);
    expect((await account(world))?.email).toBe(ALICE.email);
  });

  test('a wrong password asks for nothing; a taken address is answered alike and gets no mail', async ({
    world,
  }) => {
    const { box, access } = await withAlice(world);
    await world.post('/api/register/', { username: 'bob', email: 'bob@example.org', password: PASSWORD });
    await box.collect();
    const wrong = await ask(world, access, 'new@example.org', 'wrong');
    expect([wrong.status, wrong.json]).toEqual([400, { current_password: ['Invalid password.'] }]);
    expect((await ask(world, access, 'bob@example.org')).text).toBe(ON_ITS_WAY);
    expect(await box.collect()).toEqual([]);
    expect((await world.post('/api/email/change/', {})).status).toBe(401);
  });

  test('an address that somebody took meanwhile stays his', async ({ world }) => {
    const { box, access } = await withAlice(world);
    await ask(world, access, 'new@example.org');
    const [letter] = await box.collect();
    await world.post('/api/register/', { username: 'bob', email: 'new@example.org', password: PASSWORD });
    expect((await world.post('/api/email/change/confirm/', linkIn(letter))).status).toBe(400);
    expect((await account(world))?.email).toBe(ALICE.email);
  });

  test('a new password voids what was asked for before, also what is not sent yet [E-06]', async ({
    world,
  }) => {
    const { box, access } = await withAlice(world);
    await ask(world, access, 'thief@example.org');
    const [sent] = await box.collect();
    await ask(world, access, 'thief@example.org');
    await world.app.store.accounts.setPassword(1, 'another hash');
    expect(await box.collect()).toEqual([]);
    expect((await world.post('/api/email/change/confirm/', linkIn(sent))).status).toBe(400);
  });
});

describe('who may have mails sent', () => {
  test('one mailbox gets three an hour and ten a day, and nobody is told [E-14]', async ({ open }) => {
    const world = await open({ LIMITS: 'on', TRUSTED_PROXIES: '127.0.0.1' });
    const { box } = await withAlice(world);
    const ask = async (i: number) => {
      const email = i % 2 === 0 ? 'ALICE@example.org' : 'alice@example.org';
      const headers = { 'X-Forwarded-For': `10.0.${i >> 8}.${i & 255}` };
      return (await world.post('/api/password/reset/', { email }, { headers })).text;
    };
    let sent = 0;
    for (let hour = 0; hour < 6; hour += 1) {
      for (let i = 0; i < 8; i += 1) expect(await ask(hour * 8 + i)).toBe(ON_ITS_WAY);
      const letters = (await box.collect()).length;
      expect(letters).toBeLessThanOrEqual(3);
      sent += letters;
      world.pass(3_601);
    }
    expect(sent).toBe(10);
  });

  test('thirty an hour from one network, and thirty tries of a link in five minutes [E-15]', async ({
    open,
  }) => {
    const world = await open({ LIMITS: 'on' });
    const statuses = async (path: string, body: (i: number) => object) => {
      const all: number[] = [];
      for (let i = 0; i < 32; i += 1) all.push((await world.post(path, body(i))).status);
      return [all.indexOf(429), all.filter((status) => status === 429).length];
    };
    expect(await statuses('/api/email/verify/', (i) => ({ email: `n${i}@example.org` }))).toEqual([30, 2]);
    expect(await statuses('/api/email/verify/confirm/', (i) => ({ token: `t${i}` }))).toEqual([30, 2]);
  });

  test('links begin with the configured address, whatever the request says and wherever it wants to be sent [E-01, E-02]', async ({
    open,
  }) => {
    const world = await open({
      FRONTEND_URL: 'https://app.example.com/auth',
      PASSWORD_RESET_CONFIRM_URL: '/r/#{uid}/{token}',
    });
    const { box } = await withAlice(world);
    const headers = {
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'javascript',
      Forwarded: 'host=evil.example',
      Origin: 'https://evil.example',
      Referer: 'https://evil.example/',
    };
    const body = { email: ALICE.email, redirect_to: 'https://evil.example', callbackURL: '//evil.example' };
    await world.post('/api/password/reset/', body, { headers });
    const [letter] = await box.collect();
    expect(letter?.plain).toMatch(/^https:\/\/app\.example\.com\/auth\/r\/#MQ\/[\w-]{43}$/m);
    expect(`${letter?.plain}${letter?.html}`).not.toContain('evil');
  });
});

test('a login with another browser is told to a verified address, by its address alone [E-23]', async ({
  world,
}) => {
  const { box, welcome } = await withAlice(world);
  await world.post('/api/email/verify/confirm/', linkIn(welcome));
  const login = (agent: string) => world.post('/api/token/', ALICE, { headers: { 'User-Agent': agent } });
  await login('one');
  expect(await box.collect()).toHaveLength(1);
  await login('one');
  expect(await box.collect()).toEqual([]);
  await login('Click https://evil.example now');
  const [notice] = await box.collect();
  expect(notice?.plain).toMatch(/from the address (127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)\./);
  expect(`${notice?.plain}${notice?.html}`).not.toContain('evil');
});
