import { gzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { expectNothingHappened, test } from './support/oracles.ts';
import { rawRequest, sendRaw } from './support/raw.ts';
import { loggedIn, type World } from './support/world.ts';

const POSTS = ['register', 'token', 'token/refresh', 'token/verify', 'token/blacklist'].map(
  (name) => `/api/${name}/`,
);
const JSON_TYPE = { 'Content-Type': 'application/json' };
const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' };
const LOGIN = '{"username":"alice","password":"Sup3rSecret!x"}';

/** Status and body of a POST whose Content-Type is sent byte for byte; undefined sends none. */
async function postAs(
  world: World,
  type: string | undefined,
  body: string,
): Promise<[number | undefined, string]> {
  const headers = [...(type === undefined ? [] : [`Content-Type: ${type}`]), 'Connection: close'];
  const { statuses, text } = await sendRaw(world, rawRequest('POST /api/token/', headers, body));
  return [statuses[0], text.slice(text.indexOf('\r\n\r\n') + 4)];
}

describe('content types [H-13]', () => {
  test('JSON in any spelling of its type is read and checked', async ({ world }) => {
    await loggedIn(world);
    const spellings = ['application/json', 'application/json;', '  application/json', 'Application/JSON'];
    for (const type of [...spellings, 'application/json; charset="UTF-8"', 'application/json ; a=b; c'])
      expect((await postAs(world, type, LOGIN))[0], type).toBe(200);
  });

  test('any other type is refused by name, and its body not looked at', async ({ world }) => {
    const types = [
      'text/plain',
      'application/json\ta',
      'application/json, text/plain',
      'application/xml',
      'json',
    ];
    const odd = [
      'application/json/',
      'application /json',
      'application/jsonx',
      'text/html; a="<script>"',
      '/',
      ';',
    ];
    await expectNothingHappened(world, async () => {
      for (const type of [...types, ...odd]) {
        const [status, body] = await postAs(world, type, LOGIN);
        const detail = `Unsupported media type "${type}" in request.`;
        expect([status, JSON.parse(body)], type).toEqual([415, { detail }]);
      }
      expect((await postAs(world, undefined, LOGIN))[0]).toBe(415);
    });
  });

  test('JSON that calls itself a form is a form without our fields, never unchecked JSON', async ({
    world,
  }) => {
    await loggedIn(world);
    const missing = '{"email":["This field is required."],"password":["This field is required."]}';
    for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect(await postAs(world, type, LOGIN), type).toEqual([400, missing]);
    for (const type of [
      'multipart/form-data',
      'multipart/form-data; boundary=',
      `multipart/form-data; boundary=${'x'.repeat(300)}`,
    ])
      expect((await postAs(world, type, LOGIN))[0], type).toBe(400);
  });
});

describe('encoded bodies [H-14]', () => {
  test('are never unpacked: a bomb costs nothing', async ({ world }) => {
    const bomb = gzipSync(Buffer.alloc(8 << 20, ' '), { level: 9 });
    expect(bomb.length).toBeLessThan(65_536);
    for (const coding of ['gzip', 'br', 'deflate', 'gzip, gzip']) {
      const head = `POST /api/token/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Encoding: ${coding}\r\nConnection: close\r\nContent-Length: ${bomb.length}\r\n\r\n`;
      const { statuses } = await sendRaw(world, Buffer.concat([Buffer.from(head), bomb]));
      expect([400, 415], coding).toContain(statuses[0]);
    }
  });

  test('are refused, for what they say is not what would be read', async ({ world }) => {
    for (const coding of ['gzip', 'br', 'gzip, gzip', 'garbage']) {
      const headers = { ...JSON_TYPE, 'Content-Encoding': coding };
      expect((await world.post('/api/token/', LOGIN, { headers })).status, coding).toBe(415);
    }
    const headers = { ...JSON_TYPE, 'Content-Encoding': 'identity' };
    expect((await world.post('/api/token/', LOGIN, { headers })).status).toBe(401);
  });
});

test('a POST of nothing, null or what is no object is a 400 on every route [H-15]', async ({ world }) => {
  const bodies = [
    '',
    'null',
    '[]',
    '"x"',
    '1',
    'true',
    '{}',
    '[{}]',
    '{',
    '\0',
    '\ufeff{}',
    "{'a':1}",
    'NaN',
    '{"a":-}',
  ];
  await expectNothingHappened(world, async () => {
    for (const path of POSTS) {
      for (const body of bodies) {
        const reply = await world.post(path, body, { headers: JSON_TYPE });
        expect([reply.status, typeof reply.json], `${path} ${body}`).toEqual([400, 'object']);
      }
    }
  });
});

test('the last of equal keys counts, in JSON and in forms alike [H-11]', async ({ world }) => {
  const twice = '{"username":"first","username":"last","password":"x","password":"Sup3rSecret!x"}';
  const form = 'username=first&password=x&username=last2&password=Sup3rSecret%21x';
  const part = (name: string, value: string) =>
    `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const parts = [
    part('username', 'first'),
    part('username', 'last3'),
    part('password', 'x'),
    part('password', 'Sup3rSecret!x'),
    '--x--',
  ];
  const multipart = { 'Content-Type': 'multipart/form-data; boundary=x' };
  const replies = [
    await world.post('/api/register/', twice, { headers: JSON_TYPE }),
    await world.post('/api/register/', form, { headers: FORM_TYPE }),
    await world.post('/api/register/', parts.join(''), { headers: multipart }),
  ];
  expect(replies.map(({ status, json }) => [status, json.username])).toEqual([
    [201, 'last'],
    [201, 'last2'],
    [201, 'last3'],
  ]);
});

test('names that every object has are names like any other [H-05, H-10]', async ({ world }) => {
  const { access } = await loggedIn(world);
  const names = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'valueOf', 'then', 'length'];
  const headers = names.map((name) => `${name}: x`);
  const cookies = `Cookie: ${names.map((name) => `${name}=x`).join('; ')}`;
  const query = names.map((name) => `${name}=x&${name}[a]=y`).join('&');
  const about = [...headers, cookies, `Authorization: Bearer ${access}`, 'Connection: close'];
  expect((await sendRaw(world, rawRequest(`GET /api/dashboard/?${query}`, about))).statuses).toEqual([200]);
  for (const name of names) {
    expect((await world.get(`/${name}`)).status).toBe(404);
    expect((await world.get(`/api/token/?format=${name}`)).status).toBe(404);
    expect(
      (await world.post('/api/token/', `{"${name}":{"password":"x","username":"x"}}`, { headers: JSON_TYPE }))
        .status,
    ).toBe(400);
    expect(
      (await world.post('/api/token/', `${name}=1&${name}[password]=x`, { headers: FORM_TYPE })).status,
    ).toBe(400);
    expect((await world.post('/api/token/', 'x', { headers: { 'Content-Type': name } })).status).toBe(415);
  }
});
