import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect } from 'vitest';
import { deliverMail } from '../src/domain/email/deliver.ts';
import { test, type World } from './support/world.ts';

const ALICE = { username: 'alice', email: 'alice@example.org', password: 'Sup3rSecret!x' };

interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
}

const open: { close(done: () => void): unknown }[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) await new Promise<void>((done) => server.close(() => done()));
});

/** Of a recipient, and of a sender: the SMTP code to refuse it with, if it is refused. */
interface Answers {
  readonly to?: (address: string) => number | undefined;
  readonly from?: () => number | undefined;
}

/** A real SMTP server that keeps what it is sent. */
async function sink(port = 0, answers: Answers = {}) {
  const received: Received[] = [];
  const refusal = (code: number | undefined) =>
    code === undefined ? undefined : Object.assign(new Error('no'), { responseCode: code });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onMailFrom(_address, _session, callback) {
      callback(refusal(answers.from?.()));
    },
    onRcptTo({ address }, _session, callback) {
      callback(refusal(answers.to?.(address)));
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        const to = rcptTo.map(({ address }) => address);
        received.push({ from, to, raw: Buffer.concat(chunks).toString() });
        callback();
      });
    },
  });
  server.on('error', () => {});
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  open.push(server);
  return { received, port: (server.server.address() as AddressInfo).port };
}

/** A mail server in trouble: `trouble` is given each connection. */
async function troubled(trouble: (socket: import('node:net').Socket) => void): Promise<number> {
  const sockets = new Set<import('node:net').Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    trouble(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({
    close(done) {
      for (const socket of sockets) socket.destroy();
      server.close(() => done());
    },
  });
  return (server.address() as AddressInfo).port;
}

const at = (port: number) => ({
  MAIL_URL: `smtp://127.0.0.1:${port}`,
  MAIL_FROM: 'Latchkey <noreply@example.org>',
});

/** The headers, unfolded, by name. */
function headersOf({ raw }: Received): Map<string, string> {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  return new Map(head.split('\r\n').map((line) => [line.split(':')[0] ?? '', line.replace(/^[^:]*: ?/, '')]));
}

/** The text of each part. */
function partsOf({ raw }: Received): string[] {
  return raw
    .split(`--${/boundary="?([^"\r;]+)/.exec(raw)?.[1]}`)
    .slice(1)
    .map((part) => {
      const body = part.slice(part.indexOf('\r\n\r\n') + 4);
      if (/transfer-encoding: base64/i.test(part)) return Buffer.from(body, 'base64').toString();
      const bytes = body
        .replace(/=\r\n/g, '')
        .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
      return /quoted-printable/i.test(part) ? Buffer.from(bytes, 'latin1').toString() : body;
    });
}

const registerIn = (world: World, language: string, more: object = {}) =>
  world.post('/api/register/', { ...ALICE, ...more }, { headers: { 'Accept-Language': language } });

describe('over SMTP', () => {
  test('a mail has a plain and an HTML part, and headers that say what it is', async ({ open: world }) => {
    const { received, port } = await sink();
    const { app, post } = await world(at(port));
    await post('/api/register/', ALICE);
    expect(await deliverMail(app)).toBe(1);
    const [mail] = received as [Received];
    expect([mail.from, mail.to]).toEqual(['noreply@example.org', [ALICE.email]]);
    const headers = headersOf(mail);
    expect(headers.get('From')).toBe('Latchkey <noreply@example.org>');
    expect(headers.get('To')).toBe(ALICE.email);
    expect(headers.get('Subject')).toBe('Confirm your e-mail address');
    expect(headers.get('Message-ID')).toMatch(/^<\d+\.1@127\.0\.0\.1>$/);
    expect(headers.get('Auto-Submitted')).toBe('auto-generated');
    expect(headers.get('Content-Type')).toMatch(/^multipart\/alternative;/);
    const [plain = '', html = ''] = partsOf(mail);
    const link = /http:\/\/127\.0\.0\.1\/activate\/MQ\/[\w-]{43}/.exec(plain)?.[0] ?? 'none';
    expect(html).toContain(`href="${link}"`);
    expect(html.match(/https?:\/\//g)).toHaveLength(3);
    expect(html).not.toMatch(/<img|<script|<link/);
  });

  test.for([
    ['de-CH,de;q=0.9,en;q=0.8', 'Bestätigen Sie Ihre E-Mail-Adresse', 'ltr'],
    ['xx, fr;q=0.5, en;q=0.4', 'Confirmez votre adresse e-mail', 'ltr'],
    ['es', 'Confirme su dirección de correo', 'ltr'],
    ['pt-BR', 'Confirme o seu endereço de e-mail', 'ltr'],
    ['ar', 'تأكيد عنوان بريدك الإلكتروني', 'rtl'],
    ['ja, *;q=0.1', 'Confirm your e-mail address', 'ltr'],
  ] as const)('in the language of %s', async ([language, subject, direction], { open: world }) => {
    const { received, port } = await sink();
    const opened = await world(at(port));
    await registerIn(opened, language);
    await deliverMail(opened.app);
    const [mail] = received as [Received];
    const [plain = '', html = ''] = partsOf(mail);
    expect(html).toContain(`dir="${direction}"`);
    expect(html).toContain(`<title>${subject}</title>`);
    expect(plain).toContain('http://127.0.0.1/activate/MQ/');
    // RFC 2047: no header has a byte outside ASCII
    expect(mail.raw.slice(0, mail.raw.indexOf('\r\n\r\n'))).toMatch(/^[\x20-\x7e\r\n\t]*$/);
  });

  test.for([
    ['a@example.org\r\nBcc: evil@example.org', 0],
    ['a@example.org, evil@example.org', 0],
    ['<evil@example.org>', 0],
    ['"a,evil@example.org"@example.org', 0],
    ["a+b'c=d@example.org", 3],
  ] as const)(
    '%j in the address brings no second recipient and no header [E-23]',
    async ([email, count], { open: world }) => {
      const { received, port } = await sink();
      const { app, post } = await world(at(port));
      const username = 'x\r\nBcc: evil@example.org <script>';
      await post('/api/register/', { ...ALICE, username, email });
      await app.store.outbox.add(
        { to: email, kind: 'reset_password', language: 'en', values: {} },
        app.clock.now(),
      );
      await app.store.outbox.add(
        { to: email, kind: 'password_changed', language: 'en', values: { userId: 1 } },
        app.clock.now(),
      );
      for (let run = 0; run < 3; run += 1) await deliverMail(app);
      expect(received).toHaveLength(count);
      for (const mail of received) {
        expect(mail.to).toEqual([email]);
        expect(mail.raw).not.toMatch(/^(bcc|cc):/im);
        expect(mail.raw).not.toContain('script');
      }
    },
  );
});

test('no text ends a mail before its end and begins another one (SMTP smuggling)', async ({
  open: world,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-templates-'));
  const evil =
    'MAIL FROM:<evil@example.org>\r\nRCPT TO:<evil@example.org>\r\nDATA\r\nSubject: evil\r\n\r\nevil';
  const ends = ['\r\n.\r\n', '\n.\n', '\n.\r\n', '\r.\r', '\r\n.\n'];
  writeFileSync(
    join(folder, 'verify_email.txt'),
    `first${ends.map((end) => end + evil).join('')}\r\nlast {{link}}`,
  );
  writeFileSync(
    join(folder, 'verify_email.subject.txt'),
    'one\r\nBcc: evil@example.org\r\n\r\n.\r\n{{email}}',
  );
  const { received, port } = await sink();
  const { app, post } = await world({ ...at(port), MAIL_TEMPLATES: folder });
  rmSync(folder, { recursive: true });
  await post('/api/register/', ALICE);
  expect(await deliverMail(app)).toBe(1);
  expect(received.map(({ to }) => to)).toEqual([[ALICE.email]]);
  const [mail] = received as [Received];
  expect(headersOf(mail).get('Subject')).toBe('one Bcc: evil@example.org . alice@example.org');
  expect([...headersOf(mail).keys()]).not.toContain('Bcc');
  expect(partsOf(mail)[0]).toMatch(/^first[\s\S]*last http/);
});

/** Takes a mail, and breaks the connection off instead of saying that it has it. */
function takesAndDrops(letters: string[]) {
  return (socket: import('node:net').Socket) => {
    let text = '';
    let isData = false;
    socket.write('220 here\r\n');
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (isData && text.endsWith('\r\n.\r\n')) {
        letters.push(text);
        return void socket.destroy();
      }
      if (isData || !text.endsWith('\r\n')) return;
      isData = /^DATA\r\n/im.test(text);
      text = '';
      socket.write(isData ? '354 go on\r\n' : '250 ok\r\n');
    });
  };
}

const idOf = (raw: string) => /^Message-ID: (<.+>)\r$/im.exec(raw)?.[1];
const tokenOf = (raw: string) => /activate\/\w+\/([\w-]{43})/.exec(raw.replace(/=\r\n/g, ''))?.[1];

describe('a mail server in trouble (T-22)', () => {
  const troubles: [string, () => Promise<number>][] = [
    ['refuses connections', async () => 1],
    ['closes them at once', () => troubled((socket) => socket.destroy())],
    ['takes no mail from our sender', async () => (await sink(0, { from: () => 550 })).port],
    ['says to come later', async () => (await sink(0, { to: () => 451 })).port],
  ];

  test.for(troubles)('that %s costs nobody a mail', async ([, start], { open: world }) => {
    const mailPort = await start();
    const opened = await world(at(mailPort));
    const { app, post } = opened;
    for (const name of ['a', 'b', 'c'])
      await post('/api/register/', { ...ALICE, username: name, email: `${name}@example.org` });
    for (let run = 0; run < 4; run += 1) expect(await deliverMail(app)).toBe(0);
    expect(await app.store.outbox.count()).toBe(3);
    // longer than the link is good for
    opened.pass(86_400 + 3_600);
    const { received, port } = await sink();
    const { smtpSender } = await import('../src/adapters/mail/smtp.ts');
    const send = smtpSender({ url: `smtp://127.0.0.1:${port}`, from: 'noreply@example.org', host: 'x' });
    await deliverMail({ ...app, mail: { ...app.mail, send } });
    expect(received.map(({ to }) => to[0]).sort()).toEqual([
      'a@example.org',
      'b@example.org',
      'c@example.org',
    ]);
    expect(await app.store.outbox.count()).toBe(0);
    for (const mail of received) {
      const token = /activate\/\w+\/([\w-]{43})/.exec(partsOf(mail)[0] ?? '')?.[1];
      expect((await post('/api/email/verify/confirm/', { token })).status).toBe(200);
    }
  });

  test('that hangs keeps no request waiting, and no second delivery starts on the same mail', async ({
    open: world,
  }) => {
    const port = await troubled(() => {});
    const { app, post } = await world(at(port));
    await post('/api/register/', ALICE);
    const hanging = deliverMail(app);
    const started = performance.now();
    const reply = await post('/api/password/reset/', { email: ALICE.email });
    expect([reply.status, performance.now() - started < 2_000]).toEqual([200, true]);
    const second = await app.store.outbox.claim(app.clock.now(), app.clock.now() + 1);
    expect(second?.message.kind).toBe('reset_password');
    for (const server of open.splice(0)) await new Promise<void>((done) => server.close(() => done()));
    expect(await hanging).toBe(0);
  });

  test('that takes a mail and hangs up gets it again, as the same mail with another link', async ({
    open: world,
  }) => {
    const taken: string[] = [];
    const broken = await troubled(takesAndDrops(taken));
    const opened = await world(at(broken));
    const { app, post } = opened;
    await post('/api/register/', ALICE);
    expect(await deliverMail(app)).toBe(0);
    expect(await app.store.outbox.count()).toBe(1);
    opened.pass(60);
    const { received, port } = await sink();
    const { smtpSender } = await import('../src/adapters/mail/smtp.ts');
    const send = smtpSender({
      url: `smtp://127.0.0.1:${port}`,
      from: 'noreply@example.org',
      host: '127.0.0.1',
    });
    expect(await deliverMail({ ...app, mail: { ...app.mail, send } })).toBe(1);
    expect(await app.store.outbox.count()).toBe(0);
    const raw = received[0]?.raw ?? '';
    expect([taken.length, received.length]).toEqual([1, 1]);
    // a mail program shows one of two mails with the same id
    expect(idOf(raw)).toBe(idOf(taken[0] ?? ''));
    const confirm = async (token: string | undefined) =>
      (await post('/api/email/verify/confirm/', { token })).status;
    expect([await confirm(tokenOf(taken[0] ?? '')), await confirm(tokenOf(raw))]).toEqual([400, 200]);
  });

  test('that refuses an address for good is not asked again, and that is noted', async ({ open: world }) => {
    const { port } = await sink(0, { to: () => 550 });
    const { app, post, notes } = await world(at(port));
    await post('/api/register/', ALICE);
    expect(await deliverMail(app)).toBe(1);
    expect(await app.store.outbox.count()).toBe(0);
    const [event] = await app.store.audit.list(1);
    expect(event?.event).toMatchObject({
      event: 'mail_given_up',
      userId: 1,
      kind: 'verify_email',
      attempts: 1,
    });
    expect(notes.join()).not.toContain(ALICE.email);
  });

  test('that does not take one address now takes the next mail in the same run', async ({ open: world }) => {
    const grey = ['a@example.org'];
    const { port, received } = await sink(0, { to: (address) => (grey.includes(address) ? 450 : undefined) });
    const opened = await world(at(port));
    const { app, post } = opened;
    for (const name of ['a', 'b', 'c'])
      await post('/api/register/', { ...ALICE, username: name, email: `${name}@example.org` });
    expect(await deliverMail(app)).toBe(2);
    expect(received.map(({ to }) => to[0])).toEqual(['b@example.org', 'c@example.org']);
    grey.pop();
    expect(await deliverMail(app)).toBe(0);
    opened.pass(31);
    expect(await deliverMail(app)).toBe(1);
    expect(received).toHaveLength(3);
  });

  test('that says that it closes is away, whatever it was asked', async ({ open: world }) => {
    let asked = 0;
    const to = () => {
      asked += 1;
      return 421;
    };
    const { app, post } = await world(at((await sink(0, { to })).port));
    for (const name of ['a', 'b'])
      await post('/api/register/', { ...ALICE, username: name, email: `${name}@example.org` });
    expect(await deliverMail(app)).toBe(0);
    expect(asked).toBe(1);
  });

  test('for three days is given up on', async ({ open: world }) => {
    const opened = await world(at(1));
    await opened.post('/api/register/', ALICE);
    let attempts = 0;
    while ((await opened.app.store.outbox.count()) > 0 && attempts < 200) {
      await deliverMail(opened.app);
      opened.pass(1_800);
      attempts += 1;
    }
    expect(attempts).toBeGreaterThan(140);
    expect(attempts).toBeLessThan(150);
  });
});

test('of two servers that deliver at once each mail is sent by one', async ({ open: world }) => {
  const { received, port } = await sink();
  const { app, post } = await world(at(port));
  for (let i = 0; i < 12; i += 1)
    await post('/api/register/', { ...ALICE, username: `n${i}`, email: `n${i}@example.org` });
  await Promise.all([deliverMail(app), deliverMail(app), deliverMail(app)]);
  expect(new Set(received.map(({ to }) => to[0])).size).toBe(12);
  expect(received).toHaveLength(12);
});
