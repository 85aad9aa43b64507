/** A real redis-server, installed or not. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from 'vitest';
import { freePort } from './postgres.ts';
import { GUARD } from './restartable-postgres.ts';

const PLACES = ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/opt/homebrew/bin/redis-server'];

const program = process.env.REDIS_SERVER ?? PLACES.find((place) => existsSync(place));

const MISSING =
  'left out: no redis-server was found. Install one (Debian: apt-get install redis-server) or name it in REDIS_SERVER';

/** Tests that need Redis; where there is none they are left out, and the report says what is missing. */
export function describeWithRedis(title: string, tell: () => void): void {
  if (program === undefined) describe.skip(`${title} (${MISSING})`, tell);
  else describe(title, tell);
}

/** A Redis of one test's own that keeps nothing on the disk. It does not outlive the tests. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  start(): Promise<void>;
  /** SIGKILL: with it goes all that it knew. */
  kill9(): Promise<void>;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Starts it on a free port of 127.0.0.1. */
export async function startRedis(...options: string[]): Promise<RedisServer> {
  if (program === undefined) throw new Error(MISSING);
  const port = await freePort();
  const fixed = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const command = [program, ...fixed, ...options];
  let guard: ChildProcess | undefined;
  const start = async () => {
    const about = JSON.stringify({ command, options: { cwd: tmpdir() } });
    guard = spawn(process.execPath, ['-e', GUARD, about], { stdio: ['pipe', 'ignore', 'ignore'] });
    for (let attempt = 0; attempt < 500; attempt++) {
      if (await answers(port)) return;
      await sleep(20);
    }
    throw new Error('Redis does not start');
  };
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    start,
    async kill9() {
      if (guard === undefined || guard.exitCode !== null) return;
      const gone = once(guard, 'exit');
      guard.stdin?.end();
      await gone;
    },
  };
}
