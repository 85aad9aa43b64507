import type { Database } from './adapters/sql/open.ts';
import { wasServed } from './adapters/sql/served.ts';
import { stateStore } from './adapters/sql/state.ts';
import { systemClock } from './adapters/system.ts';
import type { Parts } from './assemble.ts';
import type { App } from './domain/app.ts';
import { movableClock } from './domain/dev/movable-clock.ts';
import { devMount } from './http/dev/mount.ts';
import type { Mount } from './http/server.ts';
import { JOBS } from './jobs/jobs.ts';
import { runJob } from './jobs/scheduler.ts';
import { VERSION } from './version.ts';

/** What a development server has and no other. This file is loaded by `latchkey dev` alone. */
export interface Dev {
  /** what the app is put together with */
  readonly parts: Pick<Parts, 'clock'>;
  readonly mount: (app: App) => Mount;
}

/**
 * Throws a sentence for a database that `latchkey serve` was on before: a `.env` for production is read by `npm start` too, and
 * whoever reaches a development server may empty it and read its mails.
 */
export async function insistOnDevelopment(database: Database): Promise<void> {
  if (await wasServed(database))
    throw new Error(
      `${database.name} was last served with latchkey serve. latchkey dev would let everybody on this machine empty it: give it a database of its own with DATABASE_URL.`,
    );
}

/** Tools for a server on this database. Its clock can be moved. */
export function openDev(database: Database, { clock: real = systemClock }: Pick<Parts, 'clock'>): Dev {
  const clock = movableClock(real);
  const kept = { clock, state: stateStore(database), snapshots: new Map(), databaseName: database.name };
  return {
    parts: { clock },
    mount(app) {
      const runJobs = async () => {
        for (const job of JOBS) await runJob(app, job);
      };
      return devMount({ app, tools: { ...kept, runJobs }, version: VERSION });
    },
  };
}
