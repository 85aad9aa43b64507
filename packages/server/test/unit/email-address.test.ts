import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isEmailAddress } from '../../src/domain/email/address.ts';
import { quickestOf } from '../support/timing.ts';

const longestLabel = 'd'.repeat(63);

/** Accepted by Django 5.2's EmailValidator. */
const accepted = [
  'a@b.co',
  'Nina@Example.COM',
  "!#$%&'*+/=?^_`{|}~-nina@example.com",
  '0@0.co',
  '"a"@b.co',
  '""@b.co',
  '"a\\ b\\"@"@b.co',
  '"\u0001\u0008\u000b\u000e\u001f\u007f"@b.co',
  'ſKıİ@b.co',
  'a@localhost',
  'a@b.xn--1',
  'a@b.XN--P1AI',
  'a@xn--exmple-cua.com',
  'a@exämple.ëü',
  'a@b.\u00a1\uffff',
  'a@1.2.co',
  'a@a--b.co',
  `a@${longestLabel}.${longestLabel}`,
  `${'x'.repeat(315)}@b.co`,
  'a@[127.0.0.1]',
  'a@[255.0.0.10]',
  'a@[::]',
  'a@[::1]',
  'a@[2001:DB8::ff00:42:8329]',
  'a@[1:2:3:4:5:6:7::]',
  'a@[::ffff:192.168.0.1]',
  'a@[1:2:3:4:5:6:1.2.3.4]',
];

test.each(accepted)('%j is an e-mail address', (text) => {
  expect(isEmailAddress(text)).toBe(true);
});

/** Refused by Django 5.2's EmailValidator. */
const refused = [
  '',
  '@',
  'a',
  'a@',
  '@b.co',
  'a@b',
  'a@@b.co',
  'a b@c.co',
  'a@b.co\n',
  '\na@b.co',
  '.a@b.co',
  'a.@b.co',
  'a..b@c.co',
  'é@b.co',
  '"a@b.co',
  '"a b"@c.co',
  '"a\tb"@c.co',
  '"\\\n"@b.co',
  '"a"b"@c.co',
  'a@LOCALHOST',
  'a@b.123',
  'a@b.c',
  'a@b.c1',
  'a@b.xn--',
  'a@b_c.co',
  'a@-b.co',
  'a@b-.co',
  'a@b.-co',
  'a@b.co-',
  'a@b.co.',
  'a@.co',
  'a@b..co',
  'a@b.\u00a0\u00a0',
  'a@😀.co',
  `a@${longestLabel}d.co`,
  `a@b.${longestLabel}d`,
  `${'x'.repeat(316)}@b.co`,
  'a@127.0.0.1',
  'a@[127.0.0]',
  'a@[127.0.0.01]',
  'a@[256.0.0.1]',
  'a@[]',
  'a@[:]',
  'a@[:::]',
  'a@[1::2::3]',
  'a@[1:2:3:4:5:6:7]',
  'a@[1:2:3:4:5:6:7:8:9]',
  'a@[1:2:3:4::5:6:7:8]',
  'a@[::g]',
  'a@[::12345]',
  'a@[::1%1]',
  'a@[0000:0000:0000:0000:0000:ffff:192.168.158.190]',
];

test.each(refused)('%j is not an e-mail address [G-07]', (text) => {
  expect(isEmailAddress(text)).toBe(false);
});

interface Recorded {
  readonly name: string;
  readonly request: { readonly body?: { readonly email?: unknown } };
  readonly response: { readonly body: { readonly email?: unknown } };
}

const file = new URL('../../../../contract/django/register.json', import.meta.url);
const recorded = (JSON.parse(readFileSync(file, 'utf8')) as Recorded[]).flatMap(
  ({ name, request, response }) => {
    const email = request.body?.email;
    if (!name.startsWith('register/email-') || typeof email !== 'string' || email.trim() === '') return [];
    const said = [response.body.email].flat();
    return [[name, email.trim(), !said.includes('Enter a valid email address.')] as const];
  },
);

test('the recorded answers hold a fair number of e-mail addresses', () => {
  expect(recorded.length).toBeGreaterThan(20);
});

test.each(recorded)('%s is judged as Django did', (_name, email, isAccepted) => {
  expect(isEmailAddress(email)).toBe(isAccepted);
});

test.each(['a', '@', '"', '.', 'a.', 'a@', '\\', '[', ':', '-', 'é'])(
  '64 KB of %j take no time [G-09, H-28]',
  (piece) => {
    const long = piece.repeat(65_536 / piece.length);
    for (const text of [long, `${long}@b.co`, `a@${long}`, `"${long}"@b.co`, `a@[${long}]`]) {
      expect(isEmailAddress(text)).toBe(false);
      expect(quickestOf(() => isEmailAddress(text))).toBeLessThan(5);
    }
  },
);
