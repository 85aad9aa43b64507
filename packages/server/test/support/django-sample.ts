import { createHmac, pbkdf2Sync } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import { samplePath } from './django-files.ts';

export interface SampleOptions {
  readonly users: number;
  /** refresh tokens of each; the last is blacklisted when there is more than one */
  readonly tokensOfEach?: number;
}

/** The key that signed the tokens, and the password of everybody. */
export const SAMPLE_KEY = 'a-key-for-samples-0123456789-abcdefghijklmnopqrstuvwxyz';
export const SAMPLE_PASSWORD = 'Sample-Many-Pass1';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A refresh token as SimpleJWT makes it, issued in May 2024 and valid for 40 years. */
export function sampleToken(userId: number, jti: string): string {
  const claims = { token_type: 'refresh', exp: 2_976_868_800, iat: 1_714_564_800, jti, user_id: userId };
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', SAMPLE_KEY).update(signed).digest('base64url')}`;
}

/** The jti of the n-th token of an account of the sample. */
export const sampleJti = (userId: number, n: number) => `${userId}${n}`.padStart(32, '0');

/** Deletes what is in the sample, so that its tables, made by Django, can be filled anew. */
const EMPTY = ['blacklistedtoken', 'outstandingtoken']
  .map((table) => `token_blacklist_${table}`)
  .concat(['api_profile', 'api_user_groups', 'api_user_user_permissions', 'django_admin_log', 'api_user'])
  .map((table) => `delete from ${table};`)
  .join('');

/**
 * Makes a SQLite file with the schema of the original, with so many accounts (ids from 1), a profile each and their
 * tokens. A hundred thousand take a few seconds.
 */
export function makeDjangoSample(path: string, { users, tokensOfEach = 1 }: SampleOptions): void {
  copyFileSync(samplePath('db-5.2.sqlite3'), path);
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  const hash = pbkdf2Sync(SAMPLE_PASSWORD, 'samplesalt', 1_000, 32, 'sha256').toString('base64');
  database.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN; ${EMPTY}`);
  const user = database.prepare(`insert into api_user values
    (?, 'pbkdf2_sha256$1000$samplesalt$${hash}', null, 0, '', '', 0, 1, '2024-01-01 00:00:00.123456', ?, ?)`);
  const profile = database.prepare(
    `insert into api_profile values (?, ?, 'Some words.', 'default.jpg', 0, ?)`,
  );
  const token = database.prepare(`insert into token_blacklist_outstandingtoken
    (token, created_at, expires_at, user_id, jti) values (?, '2024-05-01 12:00:00', '2064-05-01 12:00:00', ?, ?)`);
  const dead = database.prepare(`insert into token_blacklist_blacklistedtoken (blacklisted_at, token_id)
    values ('2024-05-01 13:00:00', ?)`);
  for (let id = 1; id <= users; id++) {
    user.run(id, `user${id}`, `user${id}@example.org`);
    profile.run(id, `Person ${id}`, id);
    for (let n = 1; n <= tokensOfEach; n++) {
      const jti = sampleJti(id, n);
      const { lastInsertRowid } = token.run(sampleToken(id, jti), id, jti);
      if (n > 1 && n === tokensOfEach) dead.run(lastInsertRowid);
    }
  }
  database.exec('COMMIT');
  database.close();
}
