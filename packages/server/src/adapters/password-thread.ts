// What runs in a thread of its own: password work, one thing at a time.
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { makeArgon2 } from '../domain/passwords/formats/argon2.ts';
import { checkOrSpend } from '../domain/passwords/formats.ts';
import type { PasswordWork } from './password-threads.ts';

/**
 * Requests that are no logins go first: under full load they would wait for hashing otherwise. On Linux a thread has
 * a priority of its own; elsewhere this would be that of the whole server.
 */
const NICENESS = 10;
if (process.platform === 'linux') setPriority(NICENESS);

const perform = (work: PasswordWork) =>
  work.kind === 'make'
    ? makeArgon2(work.password, work.salt, work.cost)
    : checkOrSpend(work.password, work.stored, work.decoy);

parentPort?.on('message', async (work: PasswordWork) => {
  try {
    parentPort?.postMessage({ value: await perform(work) });
  } catch (error) {
    parentPort?.postMessage({ error });
  }
});
