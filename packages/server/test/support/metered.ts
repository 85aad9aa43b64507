import { createLatchkey, type Latchkey } from '../../src/index.ts';
import { lendDatabase } from './database.ts';
import { type Family, readExposition } from './exposition.ts';
import { SILENT } from './shared-database.ts';
import { CHEAP_HASH, SECRET_KEY } from './world.ts';

export const METRICS_TOKEN = 'Zk3vQ8mT1xWc5RyB7nJd9LhP2sGf4Ea6UoXi0KtV';

/** A whole Latchkey that listens, with its metrics on a port of their own unless the settings say otherwise. */
export interface Metered {
  readonly latchkey: Latchkey;
  readonly baseUrl: string;
  /** asks the port of the metrics, and reads the answer */
  scrape(): Promise<Map<string, Family>>;
  post(path: string, body: unknown): Promise<{ status: number; json: Record<string, string> }>;
  close(): Promise<void>;
}

/** Over a connection that ends with the answer: a server that closes waits a second for those that are kept. */
export const fetchOnce = (url: string | URL, about: RequestInit = {}): Promise<Response> =>
  fetch(url, { ...about, headers: { ...about.headers, Connection: 'close' } });

export async function openMetered(settings: Readonly<Record<string, string>> = {}): Promise<Metered> {
  const lent = await lendDatabase();
  const base = {
    SECRET_KEY,
    PUBLIC_URL: 'http://127.0.0.1',
    DATABASE_URL: lent.url,
    PORT: '0',
    METRICS: '0',
  };
  const options = { settings: { ...base, ...settings }, hashCost: CHEAP_HASH, log: SILENT, migrate: true };
  const latchkey = await createLatchkey(options).catch(async (error: unknown) => {
    await lent.release();
    throw error;
  });
  const baseUrl = await latchkey.listen();
  let closing: Promise<void> | undefined;
  const close = async () => {
    await latchkey.close();
    await lent.release();
  };
  return {
    latchkey,
    baseUrl,
    async scrape() {
      const reply = await fetchOnce(latchkey.metricsUrl ?? 'there is no port for the metrics');
      if (reply.status !== 200) throw new Error(`the metrics are answered with ${reply.status}`);
      return readExposition(await reply.text());
    },
    async post(path, body) {
      const headers = { 'Content-Type': 'application/json' };
      const reply = await fetchOnce(baseUrl + path, { method: 'POST', headers, body: JSON.stringify(body) });
      return { status: reply.status, json: (await reply.json()) as Record<string, string> };
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
