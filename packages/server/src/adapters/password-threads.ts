import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Argon2Cost } from '../domain/passwords/formats/argon2.ts';
import type { PasswordThreads } from '../domain/passwords/passwords.ts';

/** One thing for a thread to do. */
export type PasswordWork =
  | {
      readonly kind: 'make';
      readonly password: string;
      readonly salt: Uint8Array;
      readonly cost: Argon2Cost;
    }
  | { readonly kind: 'check'; readonly password: string; readonly stored: string; readonly decoy: string };

type Answer = { readonly value: unknown } | { readonly error: unknown };

/** Beside this file in the built program. When this file is a source, the thread is the built one all the same. */
const PROGRAM = ['./password-thread.js', '../../dist/password-thread.js']
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(url));

/** Threads without work, for every server of this process. */
const idle: Worker[] = [];

function startThread(): Worker {
  if (PROGRAM === undefined) throw new Error('The thread for password work is not built. Run: npm run build');
  const thread = new Worker(PROGRAM, { execArgv: [] });
  thread.on('exit', () => {
    const at = idle.indexOf(thread);
    if (at >= 0) idle.splice(at, 1);
  });
  return thread;
}

/** Gives a thread one thing to do. A thread that breaks is not used again. */
function perform(work: PasswordWork): Promise<unknown> {
  const thread = idle.pop() ?? startThread();
  // It keeps the process alive while it works, and not longer.
  thread.ref();
  return new Promise((resolve, reject) => {
    const settle = () => {
      thread.removeAllListeners('message').removeListener('error', broke).removeListener('exit', ended);
      thread.unref();
    };
    const broke = (error: unknown) => {
      settle();
      reject(error);
    };
    const ended = () => broke(new Error('a thread for password work ended in the middle of it'));
    thread.once('message', (answer: Answer) => {
      settle();
      idle.push(thread);
      if ('error' in answer) reject(answer.error);
      else resolve(answer.value);
    });
    thread.once('error', broke);
    thread.once('exit', ended);
    thread.postMessage(work);
  });
}

/**
 * Threads for password work, shared by all servers of the process, started when they are needed and kept. Their number
 * is that of the things asked for at the same time, so callers bound it (`hashQueue`).
 */
export const passwordThreads: PasswordThreads = {
  make: (password, salt, cost) => perform({ kind: 'make', password, salt, cost }) as Promise<string>,
  check: (password, stored, decoy) => perform({ kind: 'check', password, stored, decoy }) as Promise<boolean>,
};
