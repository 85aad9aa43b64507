import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { type ContractCase, isForProduction, loadCases } from '../contract/case.ts';
import { compareAnswer, differencesOf } from '../contract/compare.ts';
import type { Json } from '../contract/json.ts';
import { renameCase } from '../contract/names.ts';
import { fill } from '../contract/placeholders.ts';
import { answerAsExpected, NOON, sceneAtNoon } from '../contract/pretend.ts';
import { applyRules, RULES } from '../contract/rules.ts';
import { decodeToken } from '../contract/tokens.ts';
import { compareValue } from '../contract/values.ts';

const FILES = 'register token refresh verify blacklist dashboard negotiation routing cors'.split(' ');
const CASES = FILES.flatMap((file) => loadCases(`${file}.json`));
const SECONDS = NOON / 1000;

function placesOf(want: Json, got: Json): string[] {
  return compareValue(want, got, 'body', sceneAtNoon()).map(({ at }) => at);
}

test('all recorded cases are read, those for other configurations apart', () => {
  expect(CASES).toHaveLength(373);
  expect(CASES.filter((item) => !isForProduction(item)).map(({ given }) => given?.server)).toEqual(
    Array(3).fill('debug'),
  );
});

test.each<[Json, Json[], Json[]]>([
  [{ $any: 'int' }, [0, -1, 2 ** 60], [1.5, '1', null, true]],
  [{ $any: 'string' }, ['', 'a'], [1, null, ['a']]],
  [{ $any: 'hex32' }, ['0123456789abcdef'.repeat(2)], ['0123456789ABCDEF'.repeat(2), 'ab', 12]],
  [{ $any: 'anything' }, [null, 0, '', {}], []],
  [
    { $any: 'time', near: 'now+300' },
    [SECONDS + 295, SECONDS + 305],
    [SECONDS + 294, SECONDS + 306, SECONDS + 300.5],
  ],
  [{ $any: 'time', near: 'now', within: 0 }, [SECONDS], [SECONDS - 1, `${SECONDS}`]],
  [{ $match: '^a.c$' }, ['abc', 'a\nc'], ['abcd', 1, null]],
  [
    { $contains: [1, { $any: 'string' }] },
    [
      [1, 'a'],
      [0, 1, 2, 'a', 3],
    ],
    [['a', 1], [1], 'a', [1, 2]],
  ],
  [{ $has: { a: { $any: 'int' } } }, [{ a: 1 }, { b: 2, a: 1 }], [{ a: 'x' }, { b: 1 }, [1], null]],
  [[1, [2]], [[1, [2]]], [[1, [2], 3], [1], { 0: 1 }]],
])('the pattern %j takes and refuses', (want, right, wrong) => {
  for (const got of right) expect(placesOf(want, got), JSON.stringify(got)).toEqual([]);
  for (const got of wrong) expect(placesOf(want, got), JSON.stringify(got)).not.toEqual([]);
});

test('the order of keys counts, and each missing or extra key is named', () => {
  expect(placesOf({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual(['body']);
  expect(placesOf({ a: 1, b: { c: 2 } }, { a: 1, b: { c: 3 }, d: 4 })).toEqual(['body.b.c', 'body.d']);
  expect(placesOf({ a: 1, b: 2 }, { b: 2 })).toEqual(['body.a']);
  expect(placesOf({ toString: 1 }, {})).toEqual(['body.toString']);
});

test('a token is compared claim by claim, in order, and its header too', () => {
  const token = (header: Json, payload: Json) => fill({ $jwt: { header, payload } }, sceneAtNoon());
  const want = {
    $any: 'jwt:access',
    header: { alg: 'HS256', typ: 'JWT' },
    payload: { token_type: 'access', sid: 's' },
  };
  const header = { alg: 'HS256', typ: 'JWT' };
  expect(placesOf({ access: want }, { access: token(header, { token_type: 'access', sid: 's' }) })).toEqual(
    [],
  );
  expect(placesOf({ access: want }, { access: token(header, { token_type: 'access' }) })).toEqual([
    'body.access.payload.sid',
  ]);
  expect(placesOf(want, token(header, { sid: 's', token_type: 'access' }))).toEqual(['body.payload']);
  expect(placesOf(want, token({ typ: 'JWT', alg: 'HS256' }, { token_type: 'access', sid: 's' }))).toEqual([
    'body.header',
  ]);
  expect(placesOf({ $any: 'jwt:refresh' }, token(header, { token_type: 'access' }))).toEqual([
    'body.payload.token_type',
  ]);
  for (const none of ['a.b.c', 'x', 1]) expect(placesOf({ $any: 'jwt:access' }, none)).toEqual(['body']);
});

test.each<[string, ContractCase['response']['headers'], [string, string][], string[]]>([
  [
    'blanks and case of a content type',
    { 'Content-Type': 'text/html; charset=utf-8' },
    [['content-type', 'Text/HTML;charset=UTF-8']],
    [],
  ],
  ['a content type that was not recorded', {}, [['Content-Type', 'text/html']], ['header Content-Type']],
  [
    'Vary as a list',
    { Vary: 'Accept, origin' },
    [
      ['Vary', 'Origin'],
      ['vary', 'accept'],
    ],
    [],
  ],
  ['Vary by pattern', { Vary: { $match: 'origin' } }, [['Vary', 'Accept, origin']], []],
  ['Vary with too much', { Vary: 'origin' }, [['Vary', 'Accept, origin']], ['header Vary']],
  ['Allow in any order', { Allow: ['GET', 'POST'] }, [['Allow', 'POST, GET']], []],
  ['Allow with a method missing', { Allow: ['GET', 'POST'] }, [['Allow', 'POST']], ['header Allow']],
  [
    'the names of cookies',
    { 'Set-Cookie': ['a', 'b'] },
    [
      ['Set-Cookie', 'b=1; Path=/'],
      ['set-cookie', 'a=2'],
    ],
    [],
  ],
  ['a cookie nobody recorded', {}, [['Set-Cookie', 'b=1']], ['header Set-Cookie']],
  [
    'CORS lists',
    { 'Access-Control-Allow-Methods': 'DELETE, GET' },
    [['access-control-allow-methods', 'get,delete']],
    [],
  ],
  ['CORS values', { 'Access-Control-Allow-Origin': '*' }, [], ['header Access-Control-Allow-Origin']],
  [
    'exact values',
    { 'WWW-Authenticate': 'Bearer realm="api"' },
    [['WWW-Authenticate', 'bearer']],
    ['header WWW-Authenticate'],
  ],
  ['a header that must not come', { Location: null }, [['Location', '/']], ['header Location']],
  [
    'headers nobody watches',
    {},
    [
      ['Date', 'x'],
      ['ETag', 'y'],
      ['X-Frame-Options', 'DENY'],
    ],
    [],
  ],
])('headers: %s', (_title, headers = {}, sent, places) => {
  const answer = { status: 200, headers: sent, body: '', scene: sceneAtNoon() };
  expect(compareAnswer({ status: 200, headers }, answer).map(({ at }) => at)).toEqual(places);
});

test('status, exact text, no body and pages', () => {
  const answer = { status: 201, headers: [], body: '{"a": 1}', scene: sceneAtNoon() };
  const places = (expected: ContractCase['response']) => compareAnswer(expected, answer).map(({ at }) => at);
  expect(places({ status: 201, body: { a: 1 }, bodyText: '{"a": 1}' })).toEqual([]);
  expect(places({ status: 200, body: { a: 1 }, bodyText: '{"a":1}' })).toEqual(['status', 'bodyText']);
  expect(places({ status: { $match: '^2' }, bodyText: { $match: 'a' } })).toEqual([]);
  expect(places({ status: { $match: '^4' }, body: '' })).toEqual(['status', 'body']);
  expect(places({ status: 201, body: '<html>' })).toEqual(['body']);
  expect(compareAnswer({ status: 201, body: {} }, { ...answer, body: '<p>' })).toHaveLength(1);
});

test('every recorded answer is understood: one made to fit has no difference, with and without the rules', () => {
  for (const recorded of CASES) {
    for (const item of [recorded, applyRules(recorded, RULES)]) {
      const scene = sceneAtNoon();
      scene.saved.set('R1', String(fill({ $jwt: { payload: { iat: 'now-2' } } }, scene)));
      const { bodyText, ...response } = item.response;
      const kept = typeof bodyText === 'string' ? { ...response, bodyText } : response;
      expect(differencesOf({ ...item, response: kept }, answerAsExpected(kept, scene)), item.name).toEqual(
        [],
      );
    }
  }
});

test('names get their ending as written, Capitalized and UPPER CASE, long ones keep their length, in one pass', () => {
  const long = 'u'.repeat(100);
  const [names, body] = [['ann', 'annx1', long], { ann: 'ann Ann ANN aNN', b: `annx1 ${long}@x` }];
  const request = { method: 'POST', path: '/ann/', body };
  const renamed = renameCase({ name: 'of/ann', given: { names }, request, response: { status: 200 } }, 'x1');
  const fresh = `${'u'.repeat(98)}x1`;
  expect(renamed).toMatchObject({ name: 'of/ann', given: { names: ['annx1', 'annx1x1', fresh] } });
  expect(renamed.request).toEqual({
    method: 'POST',
    path: '/annx1/',
    body: { ann: 'annx1 Annx1 ANNX1 aNN', b: `annx1x1 ${fresh}@x` },
  });
});

test('placeholders become values', () => {
  const scene = sceneAtNoon();
  const $jwt = { payload: { user_id: 7, exp: 'now+10', nested: ['now-2.5', { $join: ['now'] }] } };
  scene.saved.set('A1', String(fill({ $jwt }, scene)));
  expect(decodeToken(scene.saved.get('A1') ?? '')).toEqual({
    header: { alg: 'HS256', typ: 'JWT' },
    payload: { user_id: 7, exp: SECONDS + 10, nested: [SECONDS - 2.5, 'now'] },
  });
  const claim = { $claim: ['A1', 'user_id'] };
  expect(fill([claim, { ...claim, as: 'string' }, 'now', { $now: 'now+1' }], scene)).toEqual([
    7,
    '7',
    'now',
    SECONDS + 1,
  ]);
  expect(fill([{ $string: 'now' }, { $repeat: ['ab', 3] }, { $join: ['a', { $host: true }] }], scene)) //
    .toEqual([String(SECONDS), 'ababab', 'a127.0.0.1:8000']);
  expect(fill({ $uuid: 'J' }, scene)).toBe(fill({ $uuid: 'J' }, scene));
  expect(fill({ $uuid: 'J' }, scene)).not.toBe(fill({ $uuid: 'K' }, scene));
  expect(() => fill({ $token: 'B' }, scene)).toThrow('nothing was saved as "B"');
  expect(() => fill({ $nonsense: 1 }, scene)).toThrow('unknown placeholder');
});

test.each<[Json, string]>([
  [{ cut: 2 }, 'ab.cd.eA'.slice(0, -2)],
  [{ append: '=' }, 'ab.cd.eA='],
  [{ part: 'header', set: '' }, '.cd.eA'],
  [{ part: 'payload', insert: [1, '!!'] }, 'ab.c!!d.eA'],
  [{ part: 'signature', replace: ['e', '+'] }, 'ab.cd.+A'],
  [{ part: 'signature', xorLast: 1 }, 'ab.cd.eB'],
])('the edit %j', (edit, edited) => {
  expect(fill({ $edit: { of: 'ab.cd.eA', ...(edit as object) } }, sceneAtNoon())).toBe(edited);
});

test('tokens made on the spot are signed as told', () => {
  const scene = sceneAtNoon();
  const pieces = (spec: Json) => String(fill({ $jwt: spec }, scene)).split('.');
  const [header, payload, signature] = pieces({ payloadText: '{"a":1e400}', sign: 'HS512', key: 'k' });
  expect(Buffer.from(payload ?? '', 'base64url').toString()).toBe('{"a":1e400}');
  expect(signature).toBe(createHmac('sha512', 'k').update(`${header}.${payload}`).digest('base64url'));
  expect(pieces({ header: { alg: 'none' }, sign: 'none', payload: {} })[2]).toBe('');
  expect(pieces({ payloadBytes: '\u00ff' })[1]).toBe('_w');
  expect(pieces({ payload: { jti: { $uuid: 'J' } }, signatureHas: '-' })[2]).toContain('-');
});
