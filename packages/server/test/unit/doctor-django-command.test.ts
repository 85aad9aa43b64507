import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runHere } from '../support/command.ts';
import { settingsPath } from '../support/django-settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const doctor = (...args: string[]) => runHere(['doctor-django', ...args], { databaseUrl: 'sqlite::memory:' });

test('the doctor reports, writes a .env once, and fails a strict check', async () => {
  const env = join(folder, 'new.env');
  const [plain, first, nowhere] = await Promise.all([
    doctor(settingsPath('original')),
    doctor(settingsPath('original'), '--env', env, '--json', '--strict'),
    doctor('nowhere'),
  ]);
  expect(plain).toMatchObject({ code: 0, err: '' });
  expect(plain.out).toMatch(
    /^What maps$[\s\S]*^What does not map$[\s\S]*^Faults$[\s\S]*^The \.env$[\s\S]*^SECRET_KEY=/m,
  );
  expect(first).toMatchObject({ code: 2, err: '' });
  expect(JSON.parse(first.out)).toMatchObject({ files: ['project/settings.py'], faults: expect.any(Array) });
  expect(first.out).not.toContain('w#+8z1!p0k9');
  expect(readFileSync(env, 'utf8')).toContain('DJANGO_JWT_KEY=');
  if (process.platform !== 'win32') expect(statSync(env).mode & 0o777).toBe(0o600);
  expect(nowhere).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching(/^latchkey: .*there is no such file or folder\.\n$/),
  });

  const before = readFileSync(env, 'utf8');
  expect(await doctor(settingsPath('split'), '--env', env)).toMatchObject({
    code: 1,
    err: `latchkey: ${env} is there already. --force overwrites it.\n`,
  });
  expect(readFileSync(env, 'utf8')).toBe(before);
  expect(await doctor(settingsPath('split'), '--env', env, '--force')).toMatchObject({ code: 0 });
  expect(readFileSync(env, 'utf8')).toContain('DJANGO_JWT_ALGORITHM=HS512');
});
