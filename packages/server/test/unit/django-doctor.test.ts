import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { printEnv } from '../../src/adapters/django/doctor/env-file.ts';
import { readDjangoSettings } from '../../src/adapters/django/settings/settings-files.ts';
import { envText, printDiagnosis } from '../../src/cli/doctor-report.ts';
import { readConfig } from '../../src/config.ts';
import { diagnose, MADE, settingsPath } from '../support/django-settings.ts';

const envOf = (name: string) => parseEnv(envText(diagnose(name)));

/** Severity, place and the first words of each fault. */
const faultsOf = (name: string) =>
  diagnose(name).faults.map(({ severity, at, what }) => `${severity} ${at?.split(':').at(-1)}: ${what}`);

const whyOf = (name: string, django: string) =>
  diagnose(name)
    .notMapped.filter((one) => one.django === django)
    .map(({ why }) => why);

describe("a tutorial's settings", () => {
  test('have every fault named with its line', () => {
    const starts = [
      'serious 7: SECRET_KEY',
      'serious 63: USER_AUTHENTICATION_RULE names the class JWTAuthentication',
      'serious 8: DEBUG is on',
      'serious 30: PASSWORD_HASHERS begins with MD5PasswordHasher',
      'warning 47: SIMPLE_JWT.REFRESH_TOKEN_LIFETIME is 50 days',
      'warning 49: BLACKLIST_AFTER_ROTATION is on, and rest_framework_simplejwt.token_blacklist is not in',
      'warning 23: The database is SQLite',
      'warning 35: USE_TZ is off: the database has times of Africa/Lagos',
      'warning 9: ALLOWED_HOSTS takes every host',
      'warning 66: CORS_ALLOW_ALL_ORIGINS is on',
      'warning undefined: No throttle is set',
      'warning 29: Password rules are missing',
    ];
    const faults = faultsOf('original');
    for (const start of starts) expect(faults).toContainEqual(expect.stringContaining(start));
  });

  test('become a .env with a fresh key, and the key of Django for the tokens that are out', () => {
    expect(envOf('original')).toEqual({
      SECRET_KEY: MADE.newKey,
      CORS_ORIGINS: '*',
      DATABASE_URL: 'sqlite:./latchkey.sqlite3',
      ACCESS_TOKEN_SECONDS: '300',
      REFRESH_TOKEN_SECONDS: '4320000',
      PASSWORD_RULES: 'enforce',
      LEGACY_PASSWORD_HASHES: 'on',
      PASSWORD_UPGRADE: 'on',
      DJANGO_TOKENS: '2026-02-21',
      DJANGO_JWT_KEY: 'django-insecure-w#+8z1!p0k9@c3$u7^y5&v2*b6(n4)m_q-x=e',
    });
  });

  test('say how to import', () => {
    expect(diagnose('original').importArguments).toEqual([
      '--from',
      `sqlite:${settingsPath('original/db.sqlite3')}`,
      '--user-table',
      'api_user',
      '--media',
      settingsPath('original/media'),
    ]);
  });
});

describe('settings in several files', () => {
  test('keep their signing key, algorithm, database and origins', () => {
    expect(envOf('split')).toMatchObject({
      SECRET_KEY: 'k3y-0f-th3-t0k3ns-that-is-long-enough-and-random',
      DJANGO_JWT_ALGORITHM: 'HS512',
      DJANGO_TOKEN_MAX_SECONDS: String(120 * 86_400),
      PUBLIC_URL: 'https://auth.example.org',
      CORS_ORIGINS: 'https://app.example.org,http://localhost:3000',
      DATABASE_URL: 'postgres://app:p%40ss%2Fword@db.internal:5432/latchkey',
      ACCESS_TOKEN_SECONDS: '7200',
      LEGACY_PASSWORD_HASHES: 'off',
    });
    expect(envOf('split')).not.toHaveProperty('DJANGO_JWT_KEY');
  });

  test('show what Latchkey does otherwise', () => {
    expect(faultsOf('split')).toContainEqual(expect.stringContaining('every old refresh token stays good'));
    expect(whyOf('split', 'SIMPLE_JWT.AUTH_HEADER_TYPES')).toEqual([
      expect.stringMatching(/^JWT: .*Bearer alone/),
    ]);
    expect(whyOf('split', 'CORS_ALLOWED_ORIGINS')).toEqual([expect.stringMatching(/^app\.example\.org:/)]);
    expect(whyOf('split', 'INSTALLED_APPS: djoser')).toHaveLength(1);
    expect(whyOf('split', 'REST_FRAMEWORK.DEFAULT_THROTTLE_RATES')).toHaveLength(1);
  });

  test('give no secret away in the report', () => {
    const report = printDiagnosis(diagnose('split'), readDjangoSettings(settingsPath('split')));
    expect(report).toContain("--from 'postgres://app:***@db.internal:5432/app'".replaceAll("'", ''));
    expect(report).not.toMatch(/p@ss|p%40ss|k3y-0f/);
  });
});

test('what comes from the environment of Django is to be filled in, and its fallback is judged', () => {
  const env = envText(diagnose('environ.py'));
  expect(env).toContain(
    '# take it from the environment variable DJANGO_SECRET_KEY of the Django server\n# SECRET_KEY=',
  );
  expect(env).toContain('# DATABASE_URL=');
  expect(faultsOf('environ.py')).toContainEqual(
    expect.stringMatching(
      /^warning 8: SECRET_KEY must be at least 32 bytes long when DJANGO_SECRET_KEY is not set/,
    ),
  );
  expect(faultsOf('decouple.py')).toContainEqual(
    expect.stringMatching(/^warning 4: DEBUG is on when DEBUG is not set/),
  );
  expect(envText(diagnose('decouple.py'))).toContain('postgres://app:<DB_PASSWORD>@<DB_HOST>/latchkey');
  expect(envOf('decouple.py')).toMatchObject({ ACCESS_TOKEN_SECONDS: '600', REFRESH_TOKEN_SECONDS: '86400' });
});

test('tokens signed with a private key are known by the public one', () => {
  expect(envOf('rsa.py')).toMatchObject({
    SECRET_KEY: MADE.newKey,
    DJANGO_JWT_ALGORITHM: 'RS256',
    DJANGO_JWT_KEY: expect.stringMatching(
      /^-----BEGIN PUBLIC KEY-----\\nMFww[^\n]*\\n-----END PUBLIC KEY-----$/,
    ),
  });
  expect(envOf('rsa.py')).toMatchObject({ JWT_AUDIENCE: 'mobile', JWT_ISSUER: 'https://id.example.org' });
  for (const key of ['USER_ID_FIELD', 'TOKEN_OBTAIN_SERIALIZER', 'USER_AUTHENTICATION_RULE'])
    expect(whyOf('rsa.py', `SIMPLE_JWT.${key}`)).toHaveLength(1);
  expect(whyOf('rsa.py', 'DATABASES.default.ENGINE')).toEqual([expect.stringContaining('mysql')]);
  expect(faultsOf('rsa.py')).toContainEqual(
    expect.stringMatching(/^serious \d+: CORS_ALLOW_ALL_ORIGINS and/),
  );
});

test('what hangs on a condition is unknown, with its line', () => {
  expect(whyOf('conditions.py', 'PASSWORD_HASHERS')).toEqual([
    'unknown, see conditions.py:15: it depends on a condition.',
  ]);
});

test('hostile texts start no line of their own, neither in the report nor in the .env', () => {
  const report = printDiagnosis(diagnose('hostile.py'), readDjangoSettings(settingsPath('hostile.py')));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(report + envText(diagnose('hostile.py'))).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
  expect(report).not.toMatch(/^Faults, planted|^PUBLIC_URL=https:\/\/evil/m);
  const env = envOf('hostile.py');
  expect(env.SECRET_KEY).not.toBe('planted');
  expect(env.PUBLIC_URL).toBe('https://ok.example.com');
  expect(report).toContain(`--media '/srv/$(touch pwned)/'\\''media'`);
});

test.each(['original', 'split', 'environ.py', 'decouple.py', 'rsa.py', 'conditions.py'])(
  'serve takes the .env of %s once the blanks are filled in',
  (name) => {
    const blanks = { SECRET_KEY: MADE.newKey, PUBLIC_URL: 'https://auth.example.com' };
    expect(readConfig('serve', { ...blanks, ...envOf(name) })).toMatchObject({ passwordRules: 'enforce' });
  },
);

test.each(["it's", 'a "b"', 'a\nb', 'a#b c', '$HOME', "`'", '\\n', ' x ', ''])(
  'a value in the .env is read back as it was: %j',
  (value) => {
    expect(parseEnv(printEnv([{ name: 'X', value }]))).toEqual({ X: value });
  },
);

test('a value that no .env can hold is said', () => {
  expect(printEnv([{ name: 'X', value: `'"\`` }])).toMatch(/^# X has characters that no \.env can hold/);
});
