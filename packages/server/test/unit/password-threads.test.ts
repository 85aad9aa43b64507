import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { passwordThreads } from '../../src/adapters/password-threads.ts';
import { decoyOfCost } from '../../src/domain/passwords/formats/argon2.ts';

const CHEAP = { memoryCost: 8, timeCost: 1, parallelism: 1 };
const SALT = Buffer.alloc(16, 7);

/** The nice values of this process's threads (Linux only). */
function nicenesses(): number[] {
  return readdirSync('/proc/self/task').map((id) => {
    const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });
}

test('what one thread makes another can check, and only the right password fits', async () => {
  const stored = await Promise.all(['one', 'two', 'three'].map((p) => passwordThreads.make(p, SALT, CHEAP)));
  expect(stored[0]).toMatch(/^argon2\$argon2id\$v=19\$m=8,t=1,p=1\$/);
  const checks = ['one', 'two', 'one'].map((p, i) =>
    passwordThreads.check(p, stored[i] ?? '', stored[0] ?? ''),
  );
  expect(await Promise.all(checks)).toEqual([true, true, false]);
});

test('a damaged string and a cost that cannot be are answered, and the thread goes on', async () => {
  const decoy = decoyOfCost(CHEAP);
  expect(await passwordThreads.check('one', 'argon2$argon2id$v=19$m=8,t=1,p=1$!$!', decoy)).toBe(false);
  expect(await passwordThreads.check('one', 'nothing we know', decoy)).toBe(false);
  await expect(passwordThreads.make('one', SALT, { ...CHEAP, memoryCost: 1 })).rejects.toThrow();
  expect(await passwordThreads.make('one', SALT, CHEAP)).toContain('argon2id');
});

if (process.platform === 'linux') {
  test('hashing gives way to everything else', async () => {
    await passwordThreads.make('one', SALT, CHEAP);
    expect(nicenesses()).toContain(10);
    expect(nicenesses()).toContain(0);
  });
}
