import { sqlitePath } from '../../adapters/sql/open.ts';
import type { Profile } from '../../config.ts';
import { type Latchkey, startLatchkey } from '../../index.ts';
import { VERSION } from '../../version.ts';
import { serverConfig } from '../environment.ts';

/** How long requests under way may take once the server was told to stop. */
const DRAIN_MILLISECONDS = 10_000;

function greet({ app, metricsUrl }: Latchkey, address: string): void {
  const { config, log } = app;
  const path = sqlitePath(config.databaseUrl.reveal());
  const what = config.profile === 'dev' ? 'development server' : 'server';
  log.info({}, `Latchkey ${VERSION}, ${what}, listens on ${address}`);
  log.info({}, `The data is in ${path ?? 'PostgreSQL'}`);
  if (metricsUrl !== undefined) log.info({}, `The metrics are at ${metricsUrl}`);
  if (config.profile !== 'dev') return;
  const body = `'{"username":"admin","password":"admin"}'`;
  log.info({}, `Try: curl ${address}/api/register/ -H 'Content-Type: application/json' -d ${body}`);
}

function warnOfOldNode({ app }: Latchkey): void {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 22)
    app.log.warn({}, `Node ${process.versions.node} is past its end of life; use Node 22 or 24`);
}

/** Stops in order at the first signal, at once at the second. */
function stopOnSignal(latchkey: Latchkey): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), DRAIN_MILLISECONDS).unref();
    await latchkey.close();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** `latchkey dev` and `latchkey serve`: runs until told to stop. Dev migrates by itself. */
export async function serve(profile: Profile): Promise<void> {
  const latchkey = await startLatchkey(serverConfig(profile), { migrate: profile === 'dev' });
  stopOnSignal(latchkey);
  try {
    const address = await latchkey.listen();
    warnOfOldNode(latchkey);
    greet(latchkey, address);
  } catch (error) {
    await latchkey.close();
    throw error;
  }
}
