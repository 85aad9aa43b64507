/** Real processes of the built program. None outlives the process of the tests, however that one ends. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PLACE } from '../../src/cli/crew.ts';
import { PATIENT } from './database.ts';
import { CHEAP_HASH, SECRET_KEY } from './world.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../bin/latchkey.js', import.meta.url));

/**
 * The pipe to standard input ends with the tests, even by SIGKILL: then the process is of no use any more. The workers
 * of a server end with the process that started them.
 */
const DIE_WITH_PARENT = `data:text/javascript,${encodeURIComponent(
  `if (!process.env.${PLACE}) process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume().unref();`,
)}`;

/**
 * A server as an embedder runs it, for what a program cannot be told: to hash cheaply. Where hashing is not the point,
 * it is most of what a server of ours has to do.
 */
const CHEAP_SERVER = `
import { createLatchkey } from 'latchkey';
const latchkey = await createLatchkey({ settings: process.env, hashCost: ${JSON.stringify(CHEAP_HASH)} });
process.once('SIGTERM', () => latchkey.close().then(() => process.exit(0)));
console.log('listens on ' + (await latchkey.listen()));
`;

export interface ProcessOptions {
  readonly databaseUrl: string;
  /** settings by their names, over those that every process of the tests has */
  readonly settings?: Readonly<Record<string, string>>;
  /** a program and its parameters that becomes the process: the command line follows */
  readonly launcher?: readonly string[];
}

/** What a process wrote and how it ended; the code is null when a signal ended it. */
export interface Ending {
  readonly code: number | null;
  readonly output: string;
}

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** what it wrote so far */
  output(): string;
  /** SIGTERM; resolves when it has gone, with its exit code. Calling it again is fine. */
  stop(): Promise<number | null>;
  /** SIGKILL, which no process sees coming; resolves when it has gone. */
  kill9(): Promise<void>;
}

/** A server that ended before it listened. */
export class DidNotStart extends Error {
  readonly ending: Ending;
  constructor(ending: Ending) {
    super(`the server ended with ${ending.code} before it listened: ${ending.output}`);
    this.ending = ending;
  }
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ending>;
  output(): string;
}

/** Of our environment a process gets what programs need to run. */
export const environmentOf = ({ databaseUrl, settings }: ProcessOptions): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  DATABASE_URL: databaseUrl,
  SECRET_KEY,
  PUBLIC_URL: 'http://127.0.0.1',
  HOST: '127.0.0.1',
  PORT: '0',
  LOG_LEVEL: 'info',
  LIMITS: 'off',
  SQLITE_SYNCHRONOUS: 'normal',
  DATABASE_WAIT_SECONDS: String(PATIENT),
  ...settings,
});

/** In this folder, where no `.env` is. */
function runNode(parameters: readonly string[], options: ProcessOptions): Running {
  const [program, ...words] = [...(options.launcher ?? []), process.execPath];
  const child = spawn(program ?? '', [...words, '--import', DIE_WITH_PARENT, ...parameters], {
    cwd: HERE,
    env: environmentOf(options),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const ended = once(child, 'close').then(([code]) => ({ code, output }));
  return { child, ended, output: () => output };
}

const run = (parameters: readonly string[], options: ProcessOptions) =>
  runNode([PROGRAM, ...parameters], options);

/** Runs a command of the program to its end. */
export function runLatchkey(parameters: readonly string[], options: ProcessOptions): Promise<Ending> {
  return run(parameters, options).ended;
}

/** Starts a command of the program, to kill it. */
export function startLatchkey(parameters: readonly string[], options: ProcessOptions) {
  const { child, ended } = run(parameters, options);
  return {
    ended,
    /** SIGKILL; resolves when it has gone, which it may have before. */
    async kill9(): Promise<void> {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The same, but after so many milliseconds it is killed (SIGKILL), unless it has ended. */
export function runAndKill(
  parameters: readonly string[],
  options: ProcessOptions,
  milliseconds: number,
): Promise<Ending> {
  const { child, ended } = run(parameters, options);
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  return ended.finally(() => clearTimeout(timer));
}

function addressOf({ child, output }: Running): Promise<string> {
  return new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', () => {
        const address = /listens on (http:\/\/[\w.:[\]]+)/.exec(output())?.[1];
        if (address !== undefined) resolve(address);
      });
  });
}

async function untilItListens(running: Running): Promise<ServerProcess> {
  const first = await Promise.race([addressOf(running), running.ended]);
  if (typeof first !== 'string') throw new DidNotStart(first);
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    running.child.kill(signal);
    return (await running.ended).code;
  };
  return {
    url: first,
    pid: running.child.pid ?? 0,
    output: running.output,
    stop: () => end('SIGTERM'),
    async kill9() {
      await end('SIGKILL');
    },
  };
}

/**
 * Starts a server on a free port of 127.0.0.1 and waits until it listens; `serve` wants a schema that fits.
 * Throws `DidNotStart` when it ends instead.
 */
export function startServer(
  options: ProcessOptions & { readonly command?: 'serve' | 'dev' },
): Promise<ServerProcess> {
  return untilItListens(run([options.command ?? 'serve'], options));
}

/** Starts a program of an embedder, which imports `latchkey` and writes `listens on` and its address. */
export function startEmbedder(program: string, options: ProcessOptions): Promise<ServerProcess> {
  return untilItListens(runNode(['--input-type=module', '--eval', program], options));
}

/** As `startServer`, but not by the command line, and with hashes that cost little. */
export function startCheapServer(options: ProcessOptions): Promise<ServerProcess> {
  return startEmbedder(CHEAP_SERVER, options);
}

/** The processes that a server has started. */
export async function workersOf({ pid }: ServerProcess): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,comm=']);
  const lines = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  return lines
    .filter(([, parent, name]) => Number(parent) === pid && name !== 'ps')
    .map(([own]) => Number(own));
}
