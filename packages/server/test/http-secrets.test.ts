import { expect, test } from 'vitest';
import { only } from './support/database.ts';
import { runLatchkey, type ServerProcess, startServer } from './support/process.ts';
import { sendRaw } from './support/raw.ts';
import { migratedSharedDatabase } from './support/shared-database.ts';
import { SECRET_KEY } from './support/world.ts';

const PASSWORD = 'Sup3rSecret!x-of-the-log';
/** Two processes start, and each login costs what it does in production. */
const LONG = { timeout: 60_000 };

const TYPED_WRONG = 'Sup3rSecret!y-of-the-log';

interface Pair {
  readonly access: string;
  readonly refresh: string;
}

/** Everything a secret can be put into, rightly or not. Gives the secrets that were used. */
async function useSecrets(url: string): Promise<string[]> {
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: text };
    return (await fetch(url + path, init)).json() as Promise<Pair>;
  };
  const login = { username: 'alice', password: PASSWORD };
  await post('/api/register/', { ...login, email: 'alice@example.org' });
  const first = await post('/api/token/', login);
  const second = await post('/api/token/refresh/', { refresh: first.refresh });
  const cookie = { Cookie: `access=${first.access}; __Host-latchkey_refresh=${second.refresh}` };
  await post('/api/token/', { ...login, password: TYPED_WRONG });
  await post('/api/token/', { username: TYPED_WRONG, password: PASSWORD });
  await post('/api/token/', `{"password":"${PASSWORD}","username":`);
  await post('/api/token/', login, { 'Content-Type': PASSWORD });
  await post('/api/token/verify/', { token: second.access });
  await post('/api/token/verify/', { token: `${second.access.slice(0, -2)}AA` });
  await post('/api/token/refresh/', { refresh: `x${second.refresh}` }, cookie);
  await post(`/api/token/?password=${PASSWORD}&refresh=${second.refresh}`, login);
  for (const bearer of [first.access, second.refresh, `${second.access} x`])
    await fetch(`${url}/api/dashboard/?access_token=${second.access}`, {
      headers: { Authorization: `Bearer ${bearer}`, ...cookie, 'X-Request-Id': second.access },
    });
  await fetch(`${url}/api/token/${second.access}/?token=${second.refresh}`);
  await fetch(`${url}/api/dashboard?token=${second.refresh}`, { redirect: 'manual' });
  const unreadable = `GET /?${second.access} HTTP/9.9\r\nAuthorization: Bearer ${second.access}\r\n\r\n`;
  await sendRaw({ baseUrl: url }, unreadable);
  await post('/api/token/blacklist/', { refresh: second.refresh });
  return [SECRET_KEY, PASSWORD, TYPED_WRONG, ...Object.values(first), ...Object.values(second)];
}

/** The part of a token that is worth stealing, and the text around it. */
const traces = (secret: string) =>
  secret.startsWith('eyJ') ? [secret, secret.split('.')[2] ?? ''] : [secret];

only('sqlite', () => {
  test(
    'a server that logs all it can logs no key, password, token or hash, wherever they were put [S-07]',
    LONG,
    async () => {
      const shared = await migratedSharedDatabase();
      let server: ServerProcess | undefined;
      try {
        const options = { databaseUrl: shared.url, settings: { LOG_LEVEL: 'trace' } };
        server = await startServer(options);
        const secrets = await useSecrets(server.url);
        await server.stop();
        const { output } = await runLatchkey(['config'], options);
        const log = server.output() + output;
        expect(log).toContain('/api/token/blacklist/');
        for (const trace of secrets.flatMap(traces))
          expect(
            log.split('\n').filter((line) => line.includes(trace)),
            'a secret was logged',
          ).toEqual([]);
        expect(log).not.toMatch(/argon2|password=|access_token=|Bearer /);
      } finally {
        await server?.stop();
        await shared.remove();
      }
    },
  );
});
