import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MessageKind } from '../src/domain/email/message.ts';
import { type DevServer, openDevServer } from './support/dev-server.ts';

const ALICE = { username: 'alice', email: 'alice@example.org', password: 'Sup3rSecret!x' };
const BROWSER = { headers: { Accept: 'text/html' } };

let server: DevServer;

beforeAll(async () => {
  server = await openDevServer();
});
afterAll(() => server.close());
beforeEach(() => server.post('/dev/reset/'));

const register = (name = 'alice') =>
  server.post('/api/register/', { ...ALICE, username: name, email: `${name}@example.org` });

const subjects = async (query: string) =>
  (await server.get(`/dev/inbox/${query}`)).json.mails.map(
    ({ to, kind }: { to: string; kind: string }) => `${kind} ${to}`,
  );

/** A mail with a text of its own, as a template could have made it. */
async function deliver(letter: { subject?: string; plain?: string; html?: string; to?: string }) {
  const { outbox } = server.latchkey.app.store;
  const now = server.latchkey.app.clock.now();
  const kind: MessageKind = 'new_device';
  await outbox.add({ to: 'x', kind, language: 'en', values: {} }, now);
  const claimed = await outbox.claim(now, now + 1);
  if (claimed === undefined) throw new Error('nothing was due');
  await outbox.keep(claimed, { to: 'a@example.org', subject: 's', plain: 'p', html: 'h', ...letter }, now);
  return claimed.id;
}

describe('the inbox for scripts', () => {
  test('has a mail with its text, its HTML, its links and the token in them', async () => {
    await register();
    const { status, json, headers } = await server.get('/dev/inbox/');
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    const [mail] = json.mails;
    expect(mail).toMatchObject({
      id: 1,
      to: ALICE.email,
      kind: 'verify_email',
      language: 'en',
      subject: 'Confirm your e-mail address',
      uid: 'MQ',
    });
    expect(mail.links).toEqual([expect.stringContaining(`/activate/MQ/${mail.token}`)]);
    expect(mail.text).toContain(mail.links[0]);
    expect(mail.html).toContain('<!doctype html>');
    expect((await server.get('/dev/inbox/1/')).json).toEqual(mail);
    expect((await server.get('/dev/inbox/2/')).status).toBe(404);
    expect((await server.post('/api/email/verify/confirm/', { token: mail.token })).status).toBe(200);
  });

  test('is the newest first, and can be asked for an address, a kind, and what came later', async () => {
    await register('alice');
    await register('bob');
    await server.post('/api/password/reset/', { email: 'ALICE@example.org' });
    const verify = (name: string) => `verify_email ${name}@example.org`;
    expect(await subjects('')).toEqual(['reset_password alice@example.org', verify('bob'), verify('alice')]);
    expect(await subjects('?to=Alice@Example.org')).toEqual([
      'reset_password alice@example.org',
      verify('alice'),
    ]);
    expect(await subjects('?kind=verify_email&after=1')).toEqual([verify('bob')]);
    expect(await subjects('?to=nobody@example.org')).toEqual([]);
  });

  test('lets one wait for a mail that is to come, and answers the moment it is there', async () => {
    const waiting = subjects('?to=carol@example.org&wait=9');
    const started = performance.now();
    await register('alice');
    await register('carol');
    expect(await waiting).toEqual(['verify_email carol@example.org']);
    expect(performance.now() - started).toBeLessThan(4_000);
    expect(await subjects('?to=dave@example.org&wait=0.1')).toEqual([]);
  });

  test('takes no parameter for another: a slip of the pen is no empty inbox', async () => {
    for (const query of ['from=a', 'wait=10', 'wait=-1', 'wait=x', 'after=x', 'after=1.5', 'after=-1'])
      expect((await server.get(`/dev/inbox/?${query}`)).status, query).toBe(400);
  });

  test('is not there where mails are sent', async () => {
    const other = await openDevServer({ MAIL_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'a@example.org' });
    const { status, json } = await other.get('/dev/inbox/');
    expect([status, json.detail]).toEqual([404, expect.stringContaining('MAIL_URL')]);
    expect((await other.get('/dev/')).json.mail).toBe('smtp');
    await other.close();
  });
});

describe('the inbox for people', () => {
  test('shows the mails, and one with its HTML in a frame and links to be clicked in its text', async () => {
    await register();
    const list = await server.get('/dev/inbox/', BROWSER);
    expect(list.text).toContain('href="./../../dev/inbox/1/"');
    const mail = await server.get('/dev/inbox/1/', BROWSER);
    expect(mail.text).toMatch(
      /<iframe src="[./]+\/dev\/inbox\/1\/html\/"[^>]* sandbox="allow-popups allow-popups-to-escape-sandbox"/,
    );
    expect(mail.text).toMatch(/<a href="http:\/\/[^"]+\/activate\/MQ\/[\w-]{43}" target="_blank"/);
    const frame = await server.get('/dev/inbox/1/html/');
    expect(frame.headers.get('x-frame-options')).toBe('SAMEORIGIN');
    const policy = frame.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/allow-scripts|allow-same-origin|allow-forms/);
    expect(frame.text).toContain('<head><base target="_blank">');
  });

  test('leads nowhere else below the path of a proxy, with a slash at the end or without', async () => {
    await register();
    await server.post('/dev/snapshots/seeded/');
    for (const path of ['/dev/', '/dev', '/dev/inbox/', '/dev/inbox', '/dev/inbox/1/']) {
      const { text } = await server.get(path, BROWSER);
      const targets = [...text.matchAll(/(?:href|src|action)="((?!http)[^"]+)"/g)].map(
        ([, target = '']) => target,
      );
      const paths = targets.map((target) => new URL(target, `http://a.example/some/where${path}`).pathname);
      expect(paths, path).toContain('/some/where/dev/inbox/');
      expect(
        paths.filter((one) => !/^\/some\/where\/(dev|api)\//.test(one)),
        path,
      ).toEqual([]);
    }
  });

  test('shows what stands in a mail as text, whoever wrote it', async () => {
    const evil = '<script>alert(1)</script>"\'>';
    const plain = `${evil} http://a.example/x?a=1&b="><b> javascript:alert(1)`;
    const id = await deliver({ subject: evil, plain, to: `"${evil}"@example.org`, html: evil });
    const pages = [
      await server.get('/dev/inbox/', BROWSER),
      await server.get(`/dev/inbox/${id}/`, BROWSER),
      await server.get(`/dev/inbox/?to=${encodeURIComponent(evil)}`, BROWSER),
    ];
    for (const { text } of pages) {
      expect(text).not.toContain('<script');
      expect(text).not.toContain('href="javascript');
    }
    const { headers } = await server.get(`/dev/inbox/${id}/html/`);
    expect(headers.get('content-security-policy')).toContain('sandbox allow-popups');
  });
});
