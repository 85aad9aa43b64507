import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readDjangoSettings } from '../../src/adapters/django/settings/settings-files.ts';
import { settingsData, settingsPath } from '../support/django-settings.ts';

test('literals are what Python itself says they are', () => {
  // literals.json was made by Python's ast.literal_eval.
  const expected = JSON.parse(readFileSync(settingsPath('literals.json'), 'utf8'));
  const { V, ...read } = settingsData('literals.py');
  const { V: snowman, ...others } = expected;
  expect(read).toEqual(others);
  expect([snowman, V]).toEqual(['☃', { unknown: expect.stringContaining('escape'), line: 34 }]);
});

test('settings from the environment keep the name of the variable and what they fall back to', () => {
  expect(settingsData('environ.py')).toMatchObject({
    DEBUG: { environment: 'DEBUG', fallback: false },
    SECRET_KEY: { environment: 'DJANGO_SECRET_KEY', fallback: 'change-me' },
    ALLOWED_HOSTS: { environment: 'ALLOWED_HOSTS', fallback: ['api.example.net'] },
    DATABASES: {
      default: {
        environment: 'DATABASE_URL',
        fallback: { ENGINE: 'django.db.backends.sqlite3', NAME: 'db.sqlite3' },
      },
    },
    REPLICA: { NAME: 'n', USER: 'u', PASSWORD: 'p@w', HOST: 'h', PORT: '5433' },
    WORKERS: { environment: 'WORKERS', fallback: 3 },
  });
  expect(settingsData('decouple.py')).toMatchObject({
    DEBUG: { environment: 'DEBUG', fallback: true },
    ALLOWED_HOSTS: { environment: 'ALLOWED_HOSTS', fallback: ['a.example.com', 'b.example.com'] },
    SECRET_KEY: { environment: 'SECRET_KEY', fallback: undefined },
    SIMPLE_JWT: { ACCESS_TOKEN_LIFETIME: { environment: 'MINUTES', fallback: { seconds: 600 } } },
  });
});

test('a condition that is known is followed, and what hangs on another is unknown, with its line', () => {
  const onCondition = (line: number) => ({ unknown: 'it depends on a condition', line });
  expect(settingsData('conditions.py')).toEqual({
    DEBUG: { environment: 'DEBUG', fallback: false },
    TESTING: { unknown: expect.any(String), line: 5 },
    PLAIN: 'yes',
    CHOSEN: { environment: 'CHOSEN', fallback: 'fallback' },
    TAKEN: 1,
    PASSWORD_HASHERS: onCondition(15),
    IN_EXCEPT: onCondition(20),
    LOOPED: onCondition(26),
    ITEMS: ['c', 'a', 'b', 'and more'],
    FINAL: { unknown: expect.any(String), line: 31 },
    B: 3,
    C: 'c',
    D: 'd',
    E: 3600,
    F: { unknown: 'a formatted string is filled in', line: 36 },
    G: { unknown: 'lambda is not understood', line: 37 },
    G2: { unknown: 'lambda is not understood', line: 37 },
  });
  expect(readDjangoSettings(settingsPath('conditions.py')).notes.map(({ line }) => line)).toEqual([18, 38]);
});

test('split settings are followed from manage.py, and a circle of imports ends', () => {
  const settings = settingsData('split');
  expect(settings).toMatchObject({
    DEBUG: false,
    INSTALLED_APPS: expect.arrayContaining(['rest_framework_simplejwt.token_blacklist', 'djoser']),
    SIMPLE_JWT: {
      ACCESS_TOKEN_LIFETIME: { seconds: 7_200 },
      REFRESH_TOKEN_LIFETIME: { seconds: 120 * 86_400 },
      ROTATE_REFRESH_TOKENS: true,
      SIGNING_KEY: 'k3y-0f-th3-t0k3ns-that-is-long-enough-and-random',
    },
    DATABASES: { default: { HOST: 'db.internal', PORT: 5432 } },
  });
  const { files, notes } = readDjangoSettings(settingsPath('split'));
  expect(files).toEqual(['config/settings/production.py', 'config/settings/base.py']);
  expect(notes).toEqual([
    {
      file: 'config/settings/production.py',
      line: 2,
      text: expect.stringContaining('.missing is not found'),
    },
  ]);
  expect(settingsData('circle/a.py')).toEqual({ A: 1, B: 2 });
});

test('--settings names another module than manage.py does', () => {
  expect(readDjangoSettings(settingsPath('split'), 'config.settings.base').files[0]).toBe(
    'config/settings/base.py',
  );
});

test('paths are worked out from where the file is', () => {
  expect(settingsData('original')).toMatchObject({
    BASE_DIR: settingsPath('original'),
    MEDIA_ROOT: settingsPath('original/media'),
    DATABASES: { default: { NAME: settingsPath('original/db.sqlite3') } },
    SIMPLE_JWT: { SIGNING_KEY: 'django-insecure-w#+8z1!p0k9@c3$u7^y5&v2*b6(n4)m_q-x=e' },
  });
});

describe('what cannot be read is one sentence', () => {
  test.each([
    ['nowhere', undefined, 'there is no such file or folder'],
    ['bad', undefined, 'does not name DJANGO_SETTINGS_MODULE'],
    ['circle', undefined, 'has neither manage.py nor settings.py'],
    ['bad/latin.py', undefined, 'is no text in UTF-8'],
    ['split', 'config.nothing', 'The settings module "config.nothing" is not found below'],
    ['split', '../../../etc/passwd', 'is not found below'],
  ])('%s', (name, module, sentence) => {
    expect(() => readDjangoSettings(settingsPath(name), module)).toThrow(sentence);
  });
});
