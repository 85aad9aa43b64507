import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../domain/app.ts';

/** Milliseconds between two looks into the notebook. */
const PAUSE = 1_000;

/** Milliseconds that a stop waits for the last notes: a database may be away. */
const LAST_NOTES = 500;

/** Writes what this process notes beside requests, once a second, until stopped; then what is left. */
export function startWritingNotes(app: App): { stop(): Promise<void> } {
  let writing = Promise.resolve();
  const write = async (all: boolean) => {
    try {
      await app.notebook.flush(app.store, app.clock.now(), all);
      await app.tally.flush(app.store, app.clock.now(), all);
    } catch (error) {
      app.log.error({ error }, 'notes of refusals, failed logins and counts were not written');
    }
  };
  let isWriting = false;
  const timer = setInterval(() => {
    if (isWriting) return;
    isWriting = true;
    writing = write(false).finally(() => {
      isWriting = false;
    });
  }, PAUSE).unref();
  return {
    async stop() {
      clearInterval(timer);
      await Promise.race([writing.then(() => write(true)), sleep(LAST_NOTES, undefined, { ref: false })]);
    },
  };
}
