import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect } from 'vitest';
import { signToken } from './contract/tokens.ts';
import { claimsIn, forge, reforge } from './support/forge.ts';
import { test } from './support/oracles.ts';
import { loggedIn, SECRET_KEY, type World } from './support/world.ts';

const PATH = '/api/dashboard/';
const GREETING = { response: 'Hey alice, You are seeing a GET response' };

/** SimpleJWT's answer to a bad access token, with its reason. */
const refusal = (message: string) => ({
  detail: 'Given token not valid for any token type',
  code: 'token_not_valid',
  messages: [{ token_class: 'AccessToken', token_type: 'access', message }],
});
const INVALID = [401, refusal('Token is invalid or expired')];
const NOT_FOUND = [401, { detail: 'User not found', code: 'user_not_found' }];

async function seen(world: World, token: string): Promise<unknown[]> {
  const { status, json } = await world.get(PATH, { token });
  return [status, json];
}

/** The claims as JSON text, one of them replaced by a JSON text such as `1e999`, or left out. */
function withText(token: string, name: string, text: string | undefined): string {
  const { [name]: _gone, ...others } = claimsIn(token);
  const rest = JSON.stringify(others).slice(1);
  return forge(text === undefined ? `{${rest}` : `{"${name}":${text},${rest}`);
}

test('an access token opens the dashboard until it expires, to the second [J-18]', async ({ world }) => {
  const { access } = await loggedIn(world);
  world.pass(299);
  expect(await seen(world, access)).toEqual([200, GREETING]);
  world.pass(1);
  expect(await seen(world, access)).toEqual(INVALID);
});

test('no other type of token opens it [J-17]', async ({ world }) => {
  const { access, refresh } = await loggedIn(world);
  expect(await seen(world, refresh)).toEqual([401, refusal('Token has wrong type')]);
  for (const type of ['null', '"Access"', '["access"]', '"refresh"', '1', '{"access":true}'])
    expect(await seen(world, withText(access, 'token_type', type)), type).toEqual([
      401,
      refusal('Token has wrong type'),
    ]);
  expect(await seen(world, withText(access, 'token_type', undefined))).toEqual([
    401,
    refusal('Token has no type'),
  ]);
});

test('an expiry is a whole number of seconds to come [J-18, J-19]', async ({ world }) => {
  const { access } = await loggedIn(world);
  const now = world.app.clock.now() / 1000;
  const bad = ['null', `"${now + 300}"`, 'true', '[]', '-1', '0', `${now - 1}`, `${now}`, `${now + 300.5}`];
  for (const exp of [...bad, '1e308', '1e999', '9007199254740991', `${now + 10 * 366 * 86_400}`])
    expect(await seen(world, withText(access, 'exp', exp)), exp).toEqual(INVALID);
  expect(await seen(world, withText(access, 'exp', undefined))).toEqual([
    401,
    refusal("Token has no 'exp' claim"),
  ]);
  expect((await seen(world, withText(access, 'exp', `${now + 1}`)))[0]).toBe(200);
});

test('nothing lives for ten years, though our own key signed it [J-20]', async ({ world }) => {
  const { access } = await loggedIn(world);
  const now = world.app.clock.now() / 1000;
  expect(await seen(world, reforge(access, { exp: now + 60, iat: now - 10 * 365 * 86_400 }))).toEqual(
    INVALID,
  );
});

test('nbf has to have come, iat may not lie ahead [J-21]', async ({ world }) => {
  const { access } = await loggedIn(world);
  const ahead = world.app.clock.now() / 1000 + 600;
  for (const nbf of [`${ahead}`, '"x"', '1e999', 'null'])
    expect(await seen(world, withText(access, 'nbf', nbf)), nbf).toEqual(INVALID);
  for (const iat of [`${ahead - 300}`, '"x"', '1e999', '1.5'])
    expect(await seen(world, withText(access, 'iat', iat)), iat).toEqual(INVALID);
  expect((await seen(world, withText(access, 'nbf', '-1')))[0]).toBe(200);
});

test('of claims given twice the last counts, in header and payload alike [J-22]', async ({ world }) => {
  const { access } = await loggedIn(world);
  await loggedIn(world, 'bob');
  const rest = JSON.stringify(claimsIn(access)).slice(1);
  expect(await seen(world, forge(`{"exp":1,"user_id":2,${rest}`))).toEqual([200, GREETING]);
  expect(await seen(world, forge(`{${rest.slice(0, -1)},"exp":1}`))).toEqual(INVALID);
  // bob's id with alice's session
  expect((await seen(world, forge(`{${rest.slice(0, -1)},"user_id":2}`)))[0]).toBe(401);
  const header = Buffer.from('{"alg":"HS256","alg":"none"}').toString('base64url');
  expect(await seen(world, `${header}.${access.split('.')[1]}.`)).toEqual(INVALID);
});

test('claims called __proto__ and constructor are claims like any other [J-24]', async ({ world }) => {
  const { access } = await loggedIn(world);
  const rest = JSON.stringify(claimsIn(access)).slice(1);
  for (const name of ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString']) {
    const members = `{"is_staff":true,"isStaff":true,"prototype":{"is_staff":true}}`;
    expect(await seen(world, forge(`{"${name}":${members},${rest}`)), name).toEqual([200, GREETING]);
  }
  expect(({} as { is_staff?: unknown }).is_staff).toBeUndefined();
  const inherited = `{"__proto__":${JSON.stringify(claimsIn(access))},"exp":${claimsIn(access).exp},"jti":"a"}`;
  expect((await seen(world, forge(inherited)))[0]).toBe(401);
});

test('only the number of an account, or exactly its digits, names it [J-27]', async ({ world }) => {
  const { access } = await loggedIn(world);
  const texts = '"01"|"1.0"|" 1"|"1 "|"1\\n"|"+1"|"0x1"|"1e0"|"1 OR 1=1"|"１"|""|"-1"|"9007199254740993"';
  const others =
    '[1]|{"$gt":0}|true|null|-1|0|1.5|1e999|9007199254740993|9223372036854775807|18446744073709551617';
  for (const id of `${texts}|${others}`.split('|'))
    expect(await seen(world, withText(access, 'user_id', id)), id).toEqual(NOT_FOUND);
  expect(await seen(world, withText(access, 'user_id', '"1"'))).toEqual([200, GREETING]);
  const unnamed = {
    detail: 'Token contained no recognizable user identification',
    code: 'token_not_valid',
  };
  expect(await seen(world, withText(access, 'user_id', undefined))).toEqual([401, unnamed]);
});

test('a `sid` has to be a session of that very account', async ({ world }) => {
  const { access } = await loggedIn(world);
  const { sid } = claimsIn((await loggedIn(world, 'bob')).access);
  for (const other of [undefined, null, 1, '', [claimsIn(access).sid], sid, 'f'.repeat(32), 'a\0b', '\ud800'])
    expect(await seen(world, reforge(access, { sid: other })), JSON.stringify(other)).toEqual(INVALID);
});

test('no key counts but ours, wherever the header says to look for one [J-01, J-13, J-15, J-16, J-26]', async ({
  world,
}) => {
  const { access } = await loggedIn(world);
  let calls = 0;
  const listener = createServer(() => {
    calls += 1;
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => listener.once('listening', resolve));
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/keys.json`;
  const payload = Buffer.from(JSON.stringify(claimsIn(access)));
  const theirs = 'a key of somebody else, long enough for HS256';
  const jwk = { kty: 'oct', k: Buffer.from(theirs).toString('base64url') };
  const pointers = [
    {},
    { jku: url },
    { x5u: url },
    { jwk },
    { x5c: ['MIIB'] },
    { kid: '__proto__' },
    { kid: url },
  ];
  for (const more of pointers) {
    const token = signToken({ alg: 'HS256', typ: 'JWT', ...more } as never, payload, 'HS256', theirs);
    expect(await seen(world, token), JSON.stringify(more)).toEqual(INVALID);
  }
  const meaning = [{ crit: ['x'] }, { crit: [], x: 1 }, { crit: ['b64'], b64: false }, { zip: 'DEF' }];
  for (const more of [
    ...meaning,
    { kid: 'constructor' },
    { kid: 1 },
    { alg: 'none' },
    { alg: 'HS512' },
    { alg: ['HS256'] },
  ])
    expect(
      await seen(world, forge(claimsIn(access), { alg: 'HS256', typ: 'JWT', ...more })),
      JSON.stringify(more),
    ).toEqual(INVALID);
  expect(await seen(world, signToken({ alg: 'none' }, payload, 'none', SECRET_KEY))).toEqual(INVALID);
  await new Promise((resolve) => listener.close(resolve));
  expect(calls).toBe(0);
});
