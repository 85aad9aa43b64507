import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../domain/app.ts';
import type { Job } from './jobs.ts';

/** Milliseconds after the start; a server that is restarted often has to come to it too. */
const FIRST_RUN = 10_000;

/** Milliseconds that a server which stops waits for what is under way: a mail server may not answer. */
const LAST_WAIT = 10_000;

/** Runs each job soon after the start and then at its intervals, unless it is still at it, until stopped; a failure is logged and the job comes again. */
export function startJobs(app: App, jobs: readonly Job[]): { stop(): Promise<void> } {
  const underWay = new Map<Job, Promise<void>>();
  const start = (job: Job) => {
    if (underWay.has(job)) return;
    underWay.set(
      job,
      runJob(app, job).finally(() => underWay.delete(job)),
    );
  };
  const timers = jobs.flatMap((job) => [
    setTimeout(start, FIRST_RUN, job).unref(),
    setInterval(start, job.everySeconds * 1000, job).unref(),
  ]);
  return {
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      const tooLong = new AbortController();
      const patience = sleep(LAST_WAIT, undefined, { ref: false, signal: tooLong.signal }).catch(() => {});
      await Promise.race([Promise.all(underWay.values()), patience]);
      tooLong.abort();
    },
  };
}

/** Runs a job once; a failure is logged. */
export async function runJob(app: App, job: Job): Promise<void> {
  try {
    const count = await job.run(app);
    if (count > 0) app.log.info({ job: job.name, count }, 'job done');
  } catch (error) {
    app.log.error({ job: job.name, error }, 'job failed');
  }
}
