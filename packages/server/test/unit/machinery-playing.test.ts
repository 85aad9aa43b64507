import { createHash } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { type ContractCase, loadCases, type RequestTemplate } from '../contract/case.ts';
import { renameCase } from '../contract/names.ts';
import { newScene } from '../contract/placeholders.ts';
import { playCase, SetupFailed } from '../contract/play.ts';
import { type Heard, type PretendTarget, sceneAtNoon, startPretend } from '../contract/pretend.ts';
import { send } from '../contract/send.ts';

const started: PretendTarget[] = [];
afterEach(() => Promise.all(started.splice(0).map((target) => target.close())));

async function start(...given: Parameters<typeof startPretend>): Promise<PretendTarget> {
  const target = await startPretend(...given);
  started.push(target);
  return target;
}

test('a request has the headers listed and no others', async () => {
  const target = await start(() => ({ status: 200 }));
  const heardOf = async (request: Omit<RequestTemplate, 'method' | 'path'>, method = 'POST') => {
    await send({ method, path: '/p/?q=%ff', ...request }, newScene(target));
    return target.heard.at(-1) as Heard;
  };
  const { host } = new URL(target.baseUrl);
  const json = await heardOf({ headers: { AUTHorization: ['a', { $join: ['b', 'c'] }] }, body: { é: 1 } });
  expect(json).toMatchObject({ method: 'POST', url: '/p/?q=%ff', body: Buffer.from('{"é":1}') });
  expect(json.rawHeaders).toEqual(
    ['Host', host, 'Content-Type', 'application/json', 'AUTHorization', 'a', 'AUTHorization', 'bc'] //
      .concat(['Content-Length', '8', 'Connection', 'close']),
  );
  const none = await heardOf({ headers: { host: 'evil.example' } });
  expect(none.rawHeaders).toEqual(['host', 'evil.example', 'Content-Length', '0', 'Connection', 'close']);
  expect((await heardOf({}, 'GET')).rawHeaders).toEqual(['Host', host, 'Connection', 'close']);
  const text = await heardOf({ bodyText: 'x' }, 'DELETE');
  expect(text.rawHeaders).toEqual(['Host', host, 'Content-Length', '1', 'Connection', 'close']);
});

test.each<[Partial<RequestTemplate>, Buffer, string?]>([
  [{ bodyText: 'ÿé', bodyEncoding: 'latin1' }, Buffer.from([0xff, 0xe9])],
  [{ bodyText: 'é', bodyEncoding: 'utf-16' }, Buffer.from([0xff, 0xfe, 0xe9, 0])],
  [
    {
      bodyForm: [
        ['a b', { $join: ['c', '&'] }],
        ['a b', 'é'],
      ],
    },
    Buffer.from('a+b=c%26&a+b=%C3%A9'),
    'application/x-www-form-urlencoded',
  ],
  [
    { bodyMultipart: [['f', 'é']] },
    Buffer.from('--BoUnDaRy\r\nContent-Disposition: form-data; name="f"\r\n\r\né\r\n--BoUnDaRy--\r\n'),
    'multipart/form-data; boundary=BoUnDaRy',
  ],
])('the body of %j', async (request, bytes, type) => {
  const target = await start(() => ({ status: 200 }));
  await send({ method: 'POST', path: '/', ...request }, newScene(target));
  const [heard] = target.heard;
  expect(heard?.body).toEqual(bytes);
  const at = heard?.rawHeaders.indexOf('Content-Type') ?? -1;
  expect(at < 0 ? undefined : heard?.rawHeaders[at + 1]).toBe(type);
});

/** Answers like the original as far as the cases below go. */
function original({ url, body }: Heard): ReturnType<Parameters<typeof startPretend>[0]> {
  if (url === '/api/register/') return { status: 201, body: '{}' };
  const digest = createHash('md5').update(body).digest('hex');
  return {
    status: 200,
    headers: { 'Set-Cookie': ['a=1', 'b=2'] },
    body: JSON.stringify({ access: digest, refresh: 'r' }),
  };
}

test('a case makes its accounts, runs its steps, moves the clock and sends its request', async () => {
  const target = await start(original);
  const item = loadCases('refresh.json').find(({ name }) => name === 'refresh/success');
  if (!item) throw new Error('the case is gone');
  const answer = await playCase(renameCase(item, 'q1'), target);
  const heard = target.heard.map(({ url, body }) => [url, JSON.parse(body.toString())]);
  const [email, password] = ['aliceq1@example.com', 'Sup3rSecret!x'];
  expect(heard).toEqual([
    ['/api/register/', { email, username: 'aliceq1', password, password2: password }],
    ['/api/token/', { email, password }],
    ['/api/token/refresh/', { refresh: 'r' }],
  ]);
  expect(answer.headers.filter(([name]) => name === 'Set-Cookie')).toHaveLength(2);
  expect(answer.scene.answeredAt - sceneAtNoon().sentAt).toBe(1);
});

test('accounts that are not plain, and admin steps, go to the admin hook', async () => {
  const target = await start(original);
  const account = { username: 'a', email: 'a@x', password: null, password_column: '' };
  const change = { op: 'change', email: 'a@x', set: { is_active: false } } as const;
  const request = { method: 'GET', path: '/' };
  const given = { accounts: [account], steps: [{ admin: change }] };
  await playCase({ name: 'n', given, request, response: { status: 200 } }, target);
  expect(target.messages).toEqual([{ op: 'create', account }, change]);
  expect(target.heard).toHaveLength(1);
});

test('a set-up that fails says where', async () => {
  const target = await start(() => ({ status: 503, body: 'full' }));
  const request = { method: 'GET', path: '/' };
  const played = (given: ContractCase['given']) =>
    playCase({ name: 'n', ...(given ? { given } : {}), request, response: { status: 200 } }, target);
  await expect(played({ accounts: [{ username: 'a', email: 'a@x', password: 'p' }] })).rejects.toThrow(
    new SetupFailed('the account a@x could not be registered: 503 full'),
  );
  await expect(played({ steps: [{ wait: 1 }, { method: 'POST', path: '/s/' }] })).rejects.toThrow(
    new SetupFailed('step 2, POST "/s/": expected 200, got 503 full'),
  );
  const save = { method: 'GET', path: '/s/', status: 503, save: { access: 'A1' } };
  await expect(played({ steps: [save] })).rejects.toThrow('no text "access" in 503 full');
  await expect(played({ steps: [{ ...save, path: { $token: 'X' } }] })).rejects.toThrow(SetupFailed);
});
