import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { configFindings } from '../../src/cli/config-breaches.ts';
import { RULES } from '../../src/domain/settings/rules.ts';
import { REQUIREMENTS } from '../attacks/asvs.ts';
import { CATALOGUE } from '../attacks/cases.ts';

/** Nothing is to be said of these. */
const GOOD = {
  SECRET_KEY: 'q7Wv0mJk3xZr9TnYb5LcHd2GsPf8Ea4U-secret',
  PUBLIC_URL: 'https://auth.example.com',
  TRUSTED_PROXIES: '127.0.0.1',
  BREACHED_PASSWORDS: 'file:/srv/pwned.txt',
};
const REMOTE = 'postgres://latchkey:pass@db.example.com/latchkey';

const found = (settings: Readonly<Record<string, string>>) =>
  configFindings({ ...GOOD, ...settings }).map(({ setting, breaks }) => `${setting} ${breaks}`);

const BROKEN: readonly [string, Readonly<Record<string, string>>][] = [
  ['PUBLIC_URL ASVS 12.2.1', { PUBLIC_URL: 'http://auth.example.com' }],
  ['CORS_ORIGINS ASVS 3.4.2', { CORS_ORIGINS: '*' }],
  ['CORS_ORIGINS H-16', { CORS_ORIGINS: 'https://app.example.com,http://app.example.com' }],
  ['LIMITS ASVS 6.3.1', { LIMITS: 'off' }],
  ['TRUSTED_PROXIES ASVS 4.1.3', { TRUSTED_PROXIES: '127.0.0.1,0.0.0.0/0' }],
  ['TRUSTED_PROXIES ASVS 4.1.3', { TRUSTED_PROXIES: '::/0' }],
  ['TRUSTED_PROXIES ASVS 15.3.4', { TRUSTED_PROXIES: 'none' }],
  ['METRICS ASVS 13.4.5', { METRICS: '0.0.0.0:9464' }],
  ['DATABASE_URL ASVS 12.3.1', { DATABASE_URL: REMOTE }],
  ['DATABASE_URL ASVS 12.3.1', { DATABASE_URL: `${REMOTE}?sslmode=disable` }],
  ['DATABASE_URL ASVS 12.3.1', { DATABASE_URL: 'postgres://u:p@localhost/d?host=db.example.com' }],
  ['DATABASE_URL ASVS 12.3.2', { DATABASE_URL: `${REMOTE}?sslmode=no-verify` }],
  ['DATABASE_URL ASVS 12.3.2', { DATABASE_URL: `${REMOTE}?uselibpqcompat=true&sslmode=require` }],
  ['SQLITE_SYNCHRONOUS ASVS 7.4.1', { SQLITE_SYNCHRONOUS: 'normal' }],
  ['PASSWORD_RULES ASVS 6.2.4', { PASSWORD_RULES: 'warn' }],
  ['LEGACY_PASSWORD_HASHES ASVS 11.4.2', { LEGACY_PASSWORD_HASHES: 'on' }],
  ['PASSWORD_UPGRADE L-26', { PASSWORD_UPGRADE: 'off' }],
  ['ACCESS_TOKEN_SECONDS ASVS 9.2.1', { ACCESS_TOKEN_SECONDS: '3601' }],
  ['REFRESH_TOKEN_SECONDS ASVS 7.3.1', { REFRESH_TOKEN_SECONDS: '4320001' }],
  ['SESSION_MAX_SECONDS ASVS 7.3.2', { SESSION_MAX_SECONDS: '7776001' }],
  ['REFRESH_GRACE_SECONDS ASVS 10.4.5', { REFRESH_GRACE_SECONDS: '61' }],
  ['DJANGO_JWT_KEY ASVS 11.2.3', { DJANGO_TOKENS: '2026-03-31', DJANGO_JWT_KEY: 'django-insecure-x' }],
  ['DJANGO_TOKENS R-17', { DJANGO_TOKENS: 'on' }],
  ['LOG_LEVEL ASVS 16.2.5', { LOG_LEVEL: 'trace' }],
  ['LOG_LEVEL ASVS 16.3.4', { LOG_LEVEL: 'silent' }],
  ['SECRET_KEY_FALLBACKS K-04', { SECRET_KEY_FALLBACKS: 'r8Xw1nKl4yAs0UoZc6MdIe3HtQg9Fb5V-before' }],
  ['BREACHED_PASSWORDS ASVS 6.2.12', { BREACHED_PASSWORDS: 'off' }],
];

describe('the settings of a production server', () => {
  test.each(BROKEN)('that break %s are told of, and nothing else is', (wanted, settings) => {
    expect(found(settings)).toEqual([wanted]);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['at their best', {}],
    ['on this machine alone', { PUBLIC_URL: 'http://127.0.0.1:8000', TRUSTED_PROXIES: 'none' }],
    ['with a front end on this machine', { CORS_ORIGINS: 'http://localhost:5173' }],
    ['with metrics for this machine', { METRICS: '9464' }],
    [
      'with metrics for who has the token',
      { METRICS: '0.0.0.0:9464', METRICS_TOKEN: 'k3xZr9TnYb5LcHd2GsPf8Ea4Uq7Wv0mJ' },
    ],
    ['with a network of proxies', { TRUSTED_PROXIES: '10.0.0.0/8,2400:cb00::/32' }],
    ['with a database behind TLS', { DATABASE_URL: `${REMOTE}?sslmode=verify-full` }],
    ['with TLS said in the environment', { DATABASE_URL: REMOTE, PGSSLMODE: 'require' }],
    ['with a database here', { DATABASE_URL: 'postgres://u:p@127.0.0.1/d' }],
    ['with a database behind a socket', { DATABASE_URL: 'postgres:///d?host=/run/postgresql' }],
    [
      'with what only SQLite looks at',
      { DATABASE_URL: 'postgres://u:p@[::1]/d', SQLITE_SYNCHRONOUS: 'normal' },
    ],
    [
      'at their limits',
      { ACCESS_TOKEN_SECONDS: '3600', REFRESH_GRACE_SECONDS: '60', SESSION_MAX_SECONDS: '7776000' },
    ],
  ])('%s break nothing', (_, settings) => {
    expect(found(settings)).toEqual([]);
  });

  test('that no server starts with are told of beside the others', () => {
    const settings = { SECRET_KEY: 'short', PUBLIC_URL: '', PORT: 'x', LIMITS: 'off' };
    expect(found(settings)).toEqual([
      'PORT K-06',
      'SECRET_KEY ASVS 11.2.3',
      'PUBLIC_URL K-06',
      'LIMITS ASVS 6.3.1',
    ]);
    expect(
      found({ TOKEN_TRANSPORT: 'cookie', PUBLIC_URL: 'http://auth.example.com', LIMITS: 'off' }),
    ).toEqual(['PUBLIC_URL K-06', 'LIMITS ASVS 6.3.1']);
  });

  test('are told of without a secret', () => {
    const text = JSON.stringify(
      configFindings({ SECRET_KEY: 'a-secret-that-is-short', DATABASE_URL: REMOTE, METRICS_TOKEN: 'hush' }),
    );
    expect(text).not.toMatch(/a-secret|pass@|hush/);
  });
});

test('every rule is broken in a test, breaks something of docs/security.md, and is in docs/audit-config.md', () => {
  const rules = RULES.map(({ setting, breaks }) => `${setting} ${breaks}`);
  expect([...new Set(BROKEN.map(([wanted]) => wanted))]).toEqual(rules);
  const ids = [...CATALOGUE.cases.map(({ id }) => id), ...REQUIREMENTS.map(({ id }) => `ASVS ${id}`)];
  expect(ids).toEqual(expect.arrayContaining(RULES.map(({ breaks }) => breaks)));
  const page = readFileSync(new URL('../../../../docs/audit-config.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)` \| ([\w .-]+) \| (.+) \|$/gm)].map((row) => row.slice(1));
  expect(rows).toEqual(RULES.map(({ setting, breaks, what }) => [setting, breaks, what]));
});
