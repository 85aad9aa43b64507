import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runHere } from './support/command.ts';
import { only } from './support/database.ts';

const GOOD = {
  PUBLIC_URL: 'https://auth.example.com',
  SECRET_KEY: 'q7Wv0mJk3xZr9TnYb5LcHd2GsPf8Ea4U-secret',
  TRUSTED_PROXIES: '127.0.0.1',
  LIMITS: 'on',
  SQLITE_SYNCHRONOUS: 'full',
};

only('sqlite', () => {
  test('latchkey audit-config says what breaks what, and ends with 1 where something does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-audit-'));
    const file = join(folder, 'data.sqlite3');
    const databaseUrl = `sqlite:${file}`;
    const audit = (settings: object, ...more: string[]) =>
      runHere(['audit-config', ...more], { databaseUrl, settings: { ...GOOD, ...settings } });
    try {
      const [good, json, weak] = await Promise.all([
        audit({}),
        audit({ LIMITS: 'off' }, '--json'),
        audit({ SECRET_KEY: 'hush-hush', CORS_ORIGINS: '*' }),
      ]);
      expect(good).toMatchObject({
        code: 0,
        output: expect.stringMatching(/Nothing breaks a requirement\.\n$/),
      });
      expect(json.code).toBe(1);
      expect(JSON.parse(json.output)).toEqual({
        breaches: [
          {
            setting: 'LIMITS',
            breaks: 'ASVS 6.3.1',
            what: 'passwords can be guessed without end',
            todo: 'Leave LIMITS out, or set LIMITS=on',
          },
        ],
        advice: expect.arrayContaining([expect.objectContaining({ setting: 'BREACHED_PASSWORDS' })]),
      });
      expect(weak.code).toBe(1);
      expect(weak.output).toMatch(
        /^SECRET_KEY \(ASVS 11\.2\.3\): must be .*\n {2}.*\nCORS_ORIGINS \(ASVS 3\.4\.2\): /,
      );
      expect(weak.output).not.toContain('hush-hush');
      writeFileSync(file, '');
      chmodSync(file, 0o644);
      expect(await audit({})).toMatchObject({
        code: 1,
        output: expect.stringContaining(`chmod 600 ${file}`),
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
