import type { App } from '../domain/app.ts';
import type { Job } from './jobs.ts';

/** Milliseconds after the start; a server that is restarted often has to come to it too. */
const FIRST_RUN = 10_000;

/** Runs each job soon after the start and then at its intervals, until stopped; a failure is logged and the job comes again. */
export function startJobs(app: App, jobs: readonly Job[]): { stop(): Promise<void> } {
  const underWay = new Set<Promise<void>>();
  const start = (job: Job) => {
    const run = runOnce(app, job).finally(() => underWay.delete(run));
    underWay.add(run);
  };
  const timers = jobs.flatMap((job) => [
    setTimeout(start, FIRST_RUN, job).unref(),
    setInterval(start, job.everySeconds * 1000, job).unref(),
  ]);
  return {
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(underWay);
    },
  };
}

async function runOnce(app: App, job: Job): Promise<void> {
  try {
    const count = await job.run(app);
    if (count > 0) app.log.info({ job: job.name, count }, 'job done');
  } catch (error) {
    app.log.error({ job: job.name, error }, 'job failed');
  }
}
