import { JOBS } from '../../jobs/jobs.ts';
import { withApp } from '../app.ts';

/** `latchkey purge`: runs each job of the servers' schedule once. */
export async function purgeCommand(): Promise<void> {
  await withApp(async (app) => {
    for (const job of JOBS) console.log(`${job.name}: ${await job.run(app)}`);
  });
}
