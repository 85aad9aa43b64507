import type { App } from '../domain/app.ts';
import type { Job } from './jobs.ts';

/** Runs each job again and again until stopped; a failure is logged and the job comes again. */
export function startJobs(app: App, jobs: readonly Job[]): { stop(): Promise<void> } {
  const underWay = new Set<Promise<void>>();
  const timers = jobs.map((job) =>
    setInterval(() => {
      const run = runOnce(app, job).finally(() => underWay.delete(run));
      underWay.add(run);
    }, job.everySeconds * 1000).unref(),
  );
  return {
    async stop() {
      for (const timer of timers) clearInterval(timer);
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
