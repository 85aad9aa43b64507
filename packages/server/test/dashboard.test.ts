import { describe, expect } from 'vitest';
import { removeAccount } from '../src/domain/accounts/manage.ts';
import { COMMAND_LINE } from '../src/domain/audit/event.ts';
import { changeAccount } from './support/change-account.ts';
import { claimsIn, reforge } from './support/forge.ts';
import { expectNothingHappened, test } from './support/oracles.ts';
import { rawRequest, sendRaw } from './support/raw.ts';
import { loggedIn, type World } from './support/world.ts';

const PATH = '/api/dashboard/';
const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' };
const JSON_TYPE = { 'Content-Type': 'application/json' };
const GREETING = { response: 'Hey alice, You are seeing a GET response' };
const NOT_FOUND = [401, { detail: 'User not found', code: 'user_not_found' }];
const STRANGER = '{"detail":"Authentication credentials were not provided."}';

async function seen(world: World, token: string): Promise<unknown[]> {
  const { status, json } = await world.get(PATH, { token });
  return [status, json];
}

describe('what it says', () => {
  test('it greets by name, and a stranger not at all; a look changes nothing', async ({ world }) => {
    const { access } = await loggedIn(world);
    await expectNothingHappened(world, async () => {
      expect(await seen(world, access)).toEqual([200, GREETING]);
      for (const reply of [await world.get(PATH), await world.post(PATH, { text: 'x' })])
        expect([reply.status, reply.text]).toEqual([401, STRANGER]);
    });
  });

  // [what is sent, what Python would print]
  const texts: [string, string][] = [
    ['"This is my Text"', 'This is my Text'],
    ['"Zoë 😀 \\u00e9 <b>\\u0000</b>"', 'Zoë 😀 é <b>\u0000</b>'],
    ['"  spaces stay  "', '  spaces stay  '],
    ['""', ''],
    ['42', '42'],
    ['-0', '0'],
    ['1.0', '1.0'],
    ['1e22', '1e+22'],
    ['1e400', 'inf'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
    ['true', 'True'],
    ['false', 'False'],
    ['null', 'None'],
  ];

  test('it echoes JSON text, numbers, booleans and null as Python prints them', async ({ world }) => {
    const { access: token } = await loggedIn(world);
    for (const [text, printed] of texts) {
      const { json } = await world.post(PATH, `{"text":${text}}`, { token, headers: JSON_TYPE });
      expect(json, text).toEqual({ response: `Hey alice, your text is ${printed}` });
    }
    for (const body of ['{}', 'null', '[]', '"x"', '1', '', '{"TEXT":"x"}', '{"prototype":{"text":"x"}}']) {
      const { json } = await world.post(PATH, body, { token, headers: JSON_TYPE });
      expect(json, body).toEqual({ response: 'Hey alice, your text is None' });
    }
  });

  test('it echoes forms: urlencoded and multipart', async ({ world }) => {
    const { access: token } = await loggedIn(world);
    const multipart = { 'Content-Type': 'multipart/form-data; boundary=cut' };
    const part = '--cut\r\nContent-Disposition: form-data; name="text"\r\n\r\nZoë 😀\r\n1 & 2\r\n--cut--\r\n';
    const form = `text=first&text=${encodeURIComponent('Zoë 😀')}+%26+more`;
    const replies = [
      await world.post(PATH, form, { token, headers: FORM_TYPE }),
      await world.post(PATH, part, { token, headers: multipart }),
      await world.post(PATH, 'other=1', { token, headers: FORM_TYPE }),
    ];
    const said = ['Zoë 😀 & more', 'Zoë 😀\r\n1 & 2', 'None'];
    expect(replies.map(({ json }) => json.response)).toEqual(
      said.map((text) => `Hey alice, your text is ${text}`),
    );
  });

  test('line separators and lone surrogates leave as escapes: the answer is JSON and JavaScript', async ({
    world,
  }) => {
    const { access: token } = await loggedIn(world);
    const reply = await world.post(PATH, '{"text":"\\u2028\\u2029\\ud800"}', { token, headers: JSON_TYPE });
    expect(reply.text).toBe('{"response":"Hey alice, your text is \\u2028\\u2029\\ud800"}');
  });
});

describe('the Authorization header', () => {
  test('is `Bearer`, a space and one word; anything else has SimpleJWT’s answer [J-31]', async ({
    world,
  }) => {
    const { access } = await loggedIn(world);
    const NONE = [401, { detail: 'Authentication credentials were not provided.' }];
    const WORDS = 'Authorization header must contain two space-delimited values';
    const BAD = [401, { detail: WORDS, code: 'bad_authorization_header' }];
    const forms: [string, unknown][] = [
      [`Bearer ${access}`, [200, GREETING]],
      [`Bearer\t${access}`, [200, GREETING]],
      [`bearer ${access}`, NONE],
      [`BEARER ${access}`, NONE],
      [`JWT ${access}`, NONE],
      [`Basic ${access}`, NONE],
      [access, NONE],
      ['', NONE],
      ['Bearer', BAD],
      ['Bearer ', BAD],
      [`Bearer a b`, BAD],
      [`Bearer ${access} ${access}`, BAD],
      [`Bearer ${access},Bearer ${access}`, BAD],
      ['Bearer %E0%A4%A', [401, expect.objectContaining({ code: 'token_not_valid' })]],
      [`Bearer ${'.'.repeat(15_000)}`, [401, expect.objectContaining({ code: 'token_not_valid' })]],
    ];
    for (const [value, answer] of forms) {
      const { status, json } = await world.get(PATH, { headers: { Authorization: value } });
      expect([status, json], value.slice(0, 40)).toEqual(answer);
    }
  });

  test('sent twice is refused, whichever of the two is good [J-31]', async ({ world }) => {
    const { access } = await loggedIn(world);
    for (const values of [
      [access, access],
      ['x', access],
      [access, 'x'],
    ]) {
      const lines = values.map((value) => `Authorization: Bearer ${value}`);
      const { statuses } = await sendRaw(world, rawRequest(`GET ${PATH}`, [...lines, 'Connection: close']));
      expect(statuses).toEqual([401]);
    }
  });
});

describe('whose token', () => {
  test('an account that is switched off or gone is told so at once [J-28]', async ({ world }) => {
    const { access } = await loggedIn(world);
    await changeAccount(world.app, 1, { isActive: false }, COMMAND_LINE);
    expect(await seen(world, access)).toEqual([401, { detail: 'User is inactive', code: 'user_inactive' }]);
    await removeAccount(world.app, 1, COMMAND_LINE);
    expect(await seen(world, access)).toEqual(NOT_FOUND);
  });

  test('an id is never given out twice: the token of a deleted account is nobody else’s [J-29]', async ({
    world,
  }) => {
    const { access } = await loggedIn(world, 'alice');
    await removeAccount(world.app, 1, COMMAND_LINE);
    const mallory = await loggedIn(world, 'mallory');
    expect(claimsIn(mallory.access).user_id).toBe(2);
    expect(await seen(world, access)).toEqual(NOT_FOUND);
    expect(await seen(world, reforge(access, { sid: claimsIn(mallory.access).sid }))).toEqual(NOT_FOUND);
  });

  test('two people who ask in turn never see each other’s name [J-33]', async ({ world }) => {
    const tokens = { alice: await loggedIn(world, 'alice'), bob: await loggedIn(world, 'bob') };
    const turns = Array.from({ length: 60 }, (_, turn) => (turn % 2 === 0 ? 'alice' : 'bob'));
    const names = await Promise.all(
      turns.map(
        async (name) =>
          (await world.get(PATH, { token: tokens[name].access })).json.response.split(/[ ,]/)[1],
      ),
    );
    expect(names).toEqual(turns);
  });

  test('a token anywhere but in the Authorization header is not looked at, nor logged [J-32, H-21]', async ({
    world,
  }) => {
    const { access } = await loggedIn(world);
    const cookie = { Cookie: `access=${access}; access_token=${access}; sessionid=${access}` };
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const replies = [
      await world.get(`${PATH}?access_token=${access}&token=${access}`),
      await world.get(PATH, { headers: cookie }),
      await world.post(PATH, `access_token=${access}`, { headers: form }),
    ];
    expect(replies.map(({ status }) => status)).toEqual([401, 401, 401]);
    for (const broken of ['=', ';;;', 'a="', '%E0%A4%A', '__proto__=x', `a=${'x'.repeat(8_000)}`])
      expect((await world.get(PATH, { headers: { Cookie: broken } })).status, broken).toBe(401);
    expect(replies[0]?.json).toEqual({ detail: 'Authentication credentials were not provided.' });
    expect(world.notes.join('\n')).not.toContain(access);
  });
});
