import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../src/adapters/sql/migrate.ts';
import { sqlStore } from '../src/adapters/sql/store.ts';
import type { RecordedEvent } from '../src/domain/audit/event.ts';
import { eventCsv, eventLine } from '../src/http/event-line.ts';
import { runHere } from './support/command.ts';
import { only } from './support/database.ts';
import { emptySharedDatabase, type SharedDatabase } from './support/shared-database.ts';

const START = Date.UTC(2026, 0, 5, 9);

const from = (userAgent: string): RecordedEvent => ({
  id: 1,
  at: START,
  origin: { ip: '127.0.0.1', userAgent, requestId: '' },
  event: { event: 'account_removed', userId: 7, actorId: undefined },
});

// How the command line talks is the same on any database.
only('sqlite', () => {
  let shared: SharedDatabase;

  beforeAll(async () => {
    shared = await emptySharedDatabase();
    const database = shared.open();
    await migrate(database);
    const { transaction } = sqlStore(database);
    await transaction(async ({ audit }) => {
      for (let id = 1; id <= 1_200; id += 1)
        await audit.record({ event: 'account_removed', userId: id }, START + id, from('').origin);
    });
  });

  afterAll(() => shared.remove());

  const latchkey = (...parameters: string[]) => runHere(parameters, { databaseUrl: shared.url });

  test('latchkey audit export prints every event of a time once, the oldest first', async () => {
    const until = new Date(START + 1_101).toISOString();
    const { code, output } = await latchkey('audit', 'export', '--since', '2026-01-05', '--until', until);
    const users = output.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).user_id]));
    expect([code, users]).toEqual([0, Array.from({ length: 1_100 }, (_, i) => i + 1)]);
  });

  test('latchkey audit tail --no-follow prints the newest events', async () => {
    const { output } = await latchkey('audit', 'tail', '--no-follow', '--lines', '2');
    expect(output).toBe(
      [1_199, 1_200]
        .map((id) => `2026-01-05T09:00:01.${id - 1_000}Z  account_removed  user ${id}  from 127.0.0.1\n`)
        .join(''),
    );
  });

  test('what is no time, and an id that is not known, are told in a sentence', async () => {
    expect(await latchkey('audit', 'export', '--since', 'yesterday')).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^latchkey: --since takes a time such as/),
    });
    expect(await latchkey('explain', 'nothing')).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^latchkey: Nothing is known of this request/),
    });
  });

  test('latchkey explain takes a token as it takes a request id, and warns of one that was typed', async () => {
    const explain = (parameters: string[], input = '') =>
      runHere(['explain', ...parameters], { databaseUrl: shared.url, input });
    const token = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.e30.AAAA`;
    const judged = expect.stringContaining('the signature is not that of');
    for (const parameters of [['-'], ['--token', '-']])
      expect(await explain(parameters, `${token}\n`)).toMatchObject({ code: 0, out: judged, err: '' });
    for (const parameters of [[token], ['--token', token]])
      expect(await explain(parameters)).toMatchObject({
        code: 0,
        out: judged,
        err: expect.stringContaining('give a token to - on standard input'),
      });
    expect(await explain(['--token', 'nonsense'])).toMatchObject({
      out: expect.stringContaining('this is no token'),
    });
    expect(await explain(['-'], 'an-id\n')).toMatchObject({
      err: expect.stringContaining('Nothing is known'),
    });
    for (const parameters of [[], ['an-id', '--token', token]])
      expect(await explain(parameters)).toMatchObject({
        code: 1,
        err: expect.stringContaining('Give a request id'),
      });
    expect((await explain(['--help'])).out).toContain('ps');
  });

  test('no cell of the CSV is a formula, and none breaks out of its place [A-07]', () => {
    const cellOf = (text: string) =>
      eventCsv(from(text)).slice(
        '1,2026-01-05T09:00:00.000Z,account_removed,,7,127.0.0.1,'.length,
        -',,{}\r\n'.length,
      );
    for (const text of ['=1+1', '+1', '-1', '@a', '\tx', '\rx', '＝1', '＋1', ' =1', '\n=1'])
      expect(cellOf(text), JSON.stringify(text)).toBe(`"'${text}"`);
    expect(cellOf('a "b", c; d')).toBe('"a ""b"", c; d"');
    expect(cellOf('Mozilla/5.0')).toBe('Mozilla/5.0');
  });

  test('control characters of a caller are no orders to the terminal', () => {
    const event = from('\u001b[2J\u202e');
    expect(eventLine({ ...event, origin: { ...event.origin, ip: '' } })).toContain('\\u001b[2J\\u202e');
  });
});
