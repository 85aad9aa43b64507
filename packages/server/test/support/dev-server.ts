/** A development server as `latchkey dev` starts it, in this process: with jobs, on a file or on PostgreSQL. Its clock can be moved. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import { type Latchkey, startLatchkey } from '../../src/index.ts';
import { DATABASE, lendDatabase } from './database.ts';
import { SILENT } from './shared-database.ts';
import { type Ask, CHEAP_HASH, type Reply, replyOf, requestOf, SECRET_KEY } from './world.ts';

export interface DevServer {
  readonly latchkey: Latchkey;
  readonly url: string;
  get(path: string, ask?: Ask): Promise<Reply>;
  post(path: string, body?: unknown, ask?: Ask): Promise<Reply>;
  ask(method: string, path: string, ask?: Ask): Promise<Reply>;
  /** `POST /dev/clock/` */
  advance(by: string): Promise<Reply>;
  close(): Promise<void>;
}

/** Starts one, on an empty database of the kind that this run is on. */
export async function openDevServer(
  settings: Readonly<Record<string, string>> = {},
  profile: 'dev' | 'serve' = 'dev',
): Promise<DevServer> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-dev-'));
  const lent = DATABASE === 'postgres' ? await lendDatabase() : undefined;
  const config = readConfig(profile, {
    SECRET_KEY,
    DATABASE_URL: lent?.url ?? `sqlite:${join(folder, 'dev.sqlite3')}`,
    SQLITE_SYNCHRONOUS: 'normal',
    MEDIA_URL: `file:${join(folder, 'media')}`,
    HASH_CONCURRENCY: '2',
    PORT: '0',
    LIMITS: 'off',
    ...settings,
  });
  const latchkey = await startLatchkey(config, { migrate: true, hashCost: CHEAP_HASH, log: SILENT });
  const url = await latchkey.listen();
  const ask = async (method: string, path: string, about: Ask = {}) =>
    replyOf(await fetch(url + path, requestOf(method, about)));
  const post = (path: string, body?: unknown, about?: Ask) => ask('POST', path, { ...about, body });
  return {
    latchkey,
    url,
    ask,
    post,
    get: (path, about) => ask('GET', path, about),
    advance: (by) => post('/dev/clock/', { advance: by }),
    async close() {
      await latchkey.close();
      await lent?.release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
