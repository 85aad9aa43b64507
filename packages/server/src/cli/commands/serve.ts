import cluster from 'node:cluster';
import type { Config, Profile } from '../../config.ts';
import { serverConfig } from '../environment.ts';
import { greet, warnOfNoMail, warnOfOldNode, warnOfRoot, warnOfWeakDjangoKey } from '../greet.ts';
import { stopOnSignals } from '../stop-on-signals.ts';

/** One process: the one that was started. */
async function serveAlone(config: Config): Promise<void> {
  const { startLatchkey } = await import('../../index.ts');
  const latchkey = await startLatchkey(config, { migrate: config.profile === 'dev' });
  const end = (code: number) =>
    latchkey.close().then(
      () => process.exit(code),
      () => process.exit(1),
    );
  stopOnSignals(
    () => end(0),
    () => process.exit(1),
  );
  void latchkey.failed.then(() => end(1));
  try {
    const address = await latchkey.listen();
    warnOfOldNode(latchkey.app.log);
    warnOfWeakDjangoKey(config, latchkey.app.log);
    warnOfNoMail(config, latchkey.app.log);
    warnOfRoot(config, latchkey.app.log);
    greet(config, latchkey.app.log, address);
    if (latchkey.metricsUrl !== undefined)
      latchkey.app.log.info({}, `The metrics are at ${latchkey.metricsUrl}`);
  } catch (error) {
    await latchkey.close();
    throw error;
  }
}

/**
 * `latchkey dev` and `latchkey serve`: runs until told to stop. Dev migrates by itself and is always one process.
 * `workers` wins over the setting WORKERS.
 */
export async function serve(profile: Profile, { workers }: { workers?: string } = {}): Promise<void> {
  const config = serverConfig(profile, workers === undefined ? {} : { WORKERS: workers });
  if (cluster.isWorker) await (await import('../worker.ts')).serveAsWorker(config);
  else if (config.workers > 1 && profile === 'serve')
    await (await import('../workers.ts')).runWorkers(config);
  else await serveAlone(config);
}
