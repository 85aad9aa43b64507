import type { Database } from './adapters/sql/open.ts';
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
