import type { App } from '../domain/app.ts';

/** In milliseconds. How long a change of the keys takes to reach every server. */
const EVERY = 1_000;

/** Keeps the keys in force up to date until stopped. While the database is away the ring stays as it is; said once. */
export function watchKeys({ keys, log }: Pick<App, 'keys' | 'log'>): { stop(): Promise<void> } {
  let isAway = false;
  let underWay = Promise.resolve();
  const look = async () => {
    try {
      await keys.reload();
      isAway = false;
    } catch (error) {
      if (!isAway) log.error({ error }, 'the signing keys could not be read');
      isAway = true;
    }
  };
  const timer = setInterval(() => {
    underWay = look();
  }, EVERY).unref();
  return {
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
