import { expect, test } from 'vitest';
import { type ContractCase, loadCases } from '../contract/case.ts';
import { differencesOf } from '../contract/compare.ts';
import { readDifferences, readRuleIds } from '../contract/differences.ts';
import { checkListed, listedFor, unusedNames, withListedSteps } from '../contract/listed.ts';
import { renameCase } from '../contract/names.ts';
import { fill } from '../contract/placeholders.ts';
import { answerAsExpected, sceneAtNoon } from '../contract/pretend.ts';
import { applyRules, RULES } from '../contract/rules.ts';
import type { WireAnswer } from '../contract/send.ts';
import { withSessions } from '../contract/sessions.ts';

function caseNamed(name: string): ContractCase {
  const files = ['register', 'token', 'refresh', 'dashboard', 'routing'];
  const found = files.flatMap((file) => loadCases(`${file}.json`)).find((item) => item.name === name);
  if (!found) throw new Error(`no case ${name}`);
  return found;
}

function expectedAfterRules(name: string): ContractCase['response'] {
  return applyRules(caseNamed(name), RULES).response;
}

test('the rules rewrite what is expected, and nothing else', () => {
  const before = JSON.stringify(caseNamed('refresh/success'));
  const recorded = caseNamed('refresh/success');
  const { access, refresh } = applyRules(recorded, RULES).response.body as Record<
    string,
    { payload: object }
  >;
  expect(JSON.stringify(recorded)).toBe(before);
  expect(access?.payload).toMatchObject({ iat: { $any: 'time', near: 'now', within: 0 } });
  for (const token of [access, refresh]) {
    expect(Object.entries(token?.payload ?? {}).at(-1)).toEqual(['sid', { $any: 'string' }]);
  }
  const esc = expectedAfterRules('register/username-esc');
  expect(Object.keys(esc.body as object)).toEqual(['id', 'username', 'email']);
  const text = '{"id":12,"username":"a\\u001bb","email":"nina@example.com"}';
  expect(text).toMatch(new RegExp((esc.bodyText as { $match: string }).$match));
  const json = { 'Content-Type': 'application/json' };
  const detail = { $has: { detail: { $any: 'string' } } };
  expect(expectedAfterRules('routing/GET /')).toEqual({
    status: 404,
    headers: { ...json, Vary: 'origin' },
    body: detail,
  });
  expect(expectedAfterRules('routing/host-evil')).toEqual({ status: 400, headers: json, body: detail });
  expect(expectedAfterRules('dashboard/jwt-exp-null')).toMatchObject({
    status: { $match: '^4\\d\\d$' },
  });
  expect(expectedAfterRules('register/empty-object')).toEqual(caseNamed('register/empty-object').response);
});

test('tokens made on the spot are bound to the session of the login they take the user from', () => {
  const target = sceneAtNoon();
  target.saved.set('A1', String(fill({ $jwt: { payload: { user_id: 7, sid: 'S' } } }, target)));
  for (const name of ['dashboard/jwt-user-id-padded', 'dashboard/jwt-user-id-float']) {
    const header = withSessions(caseNamed(name)).request.headers?.Authorization ?? '';
    const payload = String(fill(header, target)).split('.')[1] ?? '';
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ sid: 'S' });
  }
  const unknown = caseNamed('dashboard/jwt-user-id-unknown');
  expect(withSessions(unknown)).toEqual(unknown);
});

const MARKDOWN = [
  '# Differences\n## Everywhere',
  '| rule | what |\n|---|---|',
  '| E1 | tokens have `sid` |\n| E2 | register answers an id |\n## Case by case',
  '| case | the original | Latchkey | reason |\n|:---|---|---|---|',
  '| `token/a`, `token/b` | 200 | `401 {"detail":{"$match":"^(a\\|b), alice$"}}` | D5: reuse |',
  '| `token/*` | 200 and a cookie | `no Set-Cookie` `Vary: Accept` | J-12 |',
  '| `token/steps` | ends | `step 2: 200` lives | D5 grace |',
].join('\n');

test('the list of differences is read from its tables', () => {
  expect(readRuleIds(MARKDOWN)).toEqual(['E1', 'E2']);
  const rows = readDifferences(MARKDOWN);
  expect(rows.map(({ original: _, ...row }) => row)).toEqual([
    {
      cases: ['token/a', 'token/b'],
      status: 401,
      body: { detail: { $match: '^(a|b), alice$' } },
      headers: {},
      steps: {},
      reason: 'D5: reuse',
    },
    { cases: ['token/*'], headers: { 'Set-Cookie': null, Vary: 'Accept' }, steps: {}, reason: 'J-12' },
    { cases: ['token/steps'], headers: {}, steps: { 2: 200 }, reason: 'D5 grace' },
  ]);
  const item = (name: string): ContractCase => ({ ...caseNamed('token/success'), name });
  expect(listedFor('token/b', rows)).toBe(rows[0]);
  expect(listedFor('token/c', rows)).toBe(rows[1]);
  expect(listedFor('verify/a', rows)).toBeUndefined();
  expect(unusedNames(rows, [item('token/a'), item('token/steps')])).toEqual(['token/b', 'token/*']);
  for (const bad of [
    '| token/a | 1 | `200` | D1 |',
    '| `a` | 1 | 200 | D1 |',
    '| `a` | 1 | `200 {` | D1 |',
    '| `a` | 1 | `200` |',
  ]) {
    expect(() => readDifferences(`| case | o | L | r |\n|---|---|---|---|\n${bad}`)).toThrow(
      'docs/differences.md',
    );
  }
});

test('a listed case must answer as listed, and must still differ', () => {
  const [first, second, third] = readDifferences(MARKDOWN);
  if (!first || !second || !third) throw new Error('three rows expected');
  const recorded: ContractCase = {
    name: 'token/a',
    given: { names: ['alice'], steps: [{ wait: 1 }, { method: 'GET', path: '/', status: 401 }] },
    request: { method: 'GET', path: '/' },
    response: { status: 200, headers: { Vary: 'origin', 'Set-Cookie': ['a'] }, body: {} },
  };
  const item = renameCase(recorded, 'x1');
  const same = answerAsExpected(item.response, sceneAtNoon());
  expect(checkListed(item, same, first)).toMatch('remove it');
  const challenge: WireAnswer['headers'] = [
    ['WWW-Authenticate', 'Bearer realm="api"'],
    ['Content-Type', 'application/json'],
  ];
  const refused = { ...same, status: 401, headers: challenge, body: '{"detail":"a, alicex1"}' };
  expect(checkListed(item, { ...refused, body: '{"detail":"b, alicex1"}' }, first)).toBeUndefined();
  expect(checkListed(item, { ...refused, body: '{"detail":"b, alice"}' }, first)).toMatch('body.detail');
  expect(checkListed(item, { ...refused, headers: [] }, first)).toMatch('header WWW-Authenticate');
  expect(checkListed(item, { ...same, headers: [['vary', 'accept']] }, second)).toBeUndefined();
  expect(
    checkListed(
      item,
      {
        ...same,
        headers: [
          ['vary', 'accept'],
          ['Set-Cookie', 'a=1'],
        ],
      },
      second,
    ),
  ).toMatch('Set-Cookie');
  expect(checkListed(item, { ...same, status: 201, headers: [['vary', 'accept']] }, second)).toMatch(
    'status',
  );
  expect(withListedSteps(item, third).given?.steps?.[1]).toMatchObject({ status: 200 });
  expect(checkListed(item, same, third)).toBeUndefined();
  expect(differencesOf(item, same)).toEqual([]);
});
