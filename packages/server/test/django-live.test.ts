import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answered, type Client, keepAliveClient } from './support/client.ts';
import { type DjangoServer, hasDjango, startDjango } from './support/django.ts';
import { type ProcessOptions, runLatchkey, type ServerProcess, startServer } from './support/process.ts';
import { migratedSharedDatabase, type SharedDatabase } from './support/shared-database.ts';
import { SECRET_KEY } from './support/world.ts';

const PASSWORD = 'Sup3rSecret!x';
const NEW_PASSWORD = 'An0ther-Secret!y';
const LONG = { timeout: 60_000 };

/** Runs where Debian's Django, REST framework, SimpleJWT and argon2-cffi are installed, as `.ci/run` does. */
describe.runIf(hasDjango())('a live Django application and Latchkey with one key', () => {
  let folder: string;
  let django: DjangoServer;
  let shared: SharedDatabase;
  let latchkey: ServerProcess;
  let options: ProcessOptions;
  const client: Client = keepAliveClient();

  const djangoUrl = () => `sqlite:${join(folder, 'django.sqlite3')}`;
  const login = (server: { url: string }, email: string, password: string): Promise<Answered> =>
    client.post(server, '/api/token/', { email, password });
  const command = async (parameters: string[], settings: Record<string, string> = {}) => {
    const ending = await runLatchkey(parameters, {
      ...options,
      settings: { ...options.settings, ...settings },
    });
    expect(ending.code, ending.output).toBe(0);
    return ending.output;
  };

  /** Somebody who registers and logs in there, and is then brought here. */
  const fromDjango = async (username: string): Promise<{ access: string; refresh: string }> => {
    const person = { username, email: `${username}@example.org`, password: PASSWORD, password2: PASSWORD };
    expect((await client.post(django, '/api/register/', person)).status).toBe(201);
    const { json } = await login(django, person.email, PASSWORD);
    await command(['import-django', '--from', djangoUrl()]);
    return json;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latchkey-django-'));
    django = await startDjango(join(folder, 'django.sqlite3'), SECRET_KEY);
    shared = await migratedSharedDatabase();
    options = { databaseUrl: shared.url, settings: { DJANGO_TOKENS: 'on' } };
    latchkey = await startServer(options);
  }, 60_000);

  afterAll(async () => {
    client.close();
    await latchkey?.stop();
    await django?.stop();
    await shared?.remove();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  test('an access token that Django made before the move opens the dashboard here', LONG, async () => {
    const { access } = await fromDjango('ada');
    const reply = await client.get(latchkey, '/api/dashboard/', access);
    expect([reply.status, reply.json]).toEqual([200, { response: 'Hey ada, You are seeing a GET response' }]);
  });

  test(
    'a refresh token of Django rotates here, and the new access token opens a view of Django',
    LONG,
    async () => {
      const { refresh } = await fromDjango('bob');
      const rotated = await client.post(latchkey, '/api/token/refresh/', { refresh });
      expect(rotated.status).toBe(200);
      const here = await client.get(latchkey, '/api/dashboard/', rotated.json.access);
      const there = await client.get(django, '/api/dashboard/', rotated.json.access);
      expect([here.status, there.status, there.json]).toEqual([200, 200, here.json]);
    },
  );

  test('who registered in Django logs in here with his password', LONG, async () => {
    await fromDjango('cleo');
    expect((await login(latchkey, 'cleo@example.org', PASSWORD)).status).toBe(200);
    expect((await login(latchkey, 'cleo@example.org', NEW_PASSWORD)).status).toBe(401);
  });

  test('after the export a password that was changed here is the one that Django takes', LONG, async () => {
    const { access } = await fromDjango('dora');
    await command(['changepassword', 'dora@example.org'], { LATCHKEY_PASSWORD: NEW_PASSWORD });
    expect((await client.get(latchkey, '/api/dashboard/', access)).status).toBe(401);
    expect((await login(django, 'dora@example.org', NEW_PASSWORD)).status).toBe(401);
    await command(['export-django', '--to', djangoUrl()]);
    expect((await login(django, 'dora@example.org', NEW_PASSWORD)).status).toBe(200);
    expect((await login(django, 'dora@example.org', PASSWORD)).status).toBe(401);
  });

  test('who registered here logs in there after the export, and has a profile', LONG, async () => {
    const person = { username: 'elsa', email: 'elsa@example.org', password: PASSWORD };
    expect((await client.post(latchkey, '/api/register/', person)).status).toBe(201);
    await command(['export-django', '--to', djangoUrl()]);
    const { status, json } = await login(django, 'elsa@example.org', PASSWORD);
    expect(status).toBe(200);
    expect((await client.get(django, '/api/dashboard/', json.access)).json.response).toMatch(/^Hey elsa,/);
  });
});
