/** Commands of the program in the process of the tests: starting one is most of what it takes a command to run. */
import { Readable } from 'node:stream';
import { type Command, CommanderError } from 'commander';
import { commandLine, linesOf } from '../../src/cli/main.ts';
import { SETTINGS } from '../../src/settings.ts';
import { type Ending, environmentOf, type ProcessOptions } from './process.ts';

export interface CommandOptions extends ProcessOptions {
  /** on standard input */
  readonly input?: string;
}

/** How a command ended, and what it wrote, by stream and together. */
export interface Ended extends Ending {
  readonly out: string;
  readonly err: string;
}

/** Instead of ending the process, as Commander would after `--help` and what it does not understand. */
function withoutExit(command: Command): Command {
  command.exitOverride();
  command.commands.forEach(withoutExit);
  return command;
}

async function codeOf(parameters: readonly string[]): Promise<number> {
  const before = process.exitCode;
  try {
    process.exitCode = undefined;
    await withoutExit(commandLine()).parseAsync(parameters, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    for (const line of linesOf(error)) console.error(`latchkey: ${line}`);
    return 1;
  } finally {
    process.exitCode = before;
  }
}

/** Puts others in the place of properties for as long as the work takes. */
async function withOthers<T>(
  others: readonly (readonly [object, PropertyDescriptorMap])[],
  work: () => Promise<T>,
): Promise<T> {
  const undo = others.map(([owner, properties]) => {
    const before = Object.keys(properties).map((name) => [
      name,
      Object.getOwnPropertyDescriptor(owner, name),
    ]);
    Object.defineProperties(owner, properties);
    return () => {
      for (const [name, descriptor] of before as [string, PropertyDescriptor | undefined][])
        if (descriptor === undefined) Reflect.deleteProperty(owner, name);
        else Object.defineProperty(owner, name, descriptor);
    };
  });
  try {
    return await work();
  } finally {
    for (const back of undo) back();
  }
}

const of = (value: unknown): PropertyDescriptor => ({ value, configurable: true, writable: true });

/** No setting comes from a `.env` file in the folder that the tests run in. */
const UNSET = Object.fromEntries(Object.values(SETTINGS).map(({ name }) => [name, undefined] as const));

async function run(parameters: readonly string[], options: CommandOptions): Promise<Ended> {
  const said = { out: '', err: '', output: '' };
  const writeTo = (stream: 'out' | 'err') => (text: unknown) => {
    said[stream] += text;
    said.output += text;
    return true;
  };
  const [out, err] = [writeTo('out'), writeTo('err')];
  const line = (write: typeof out) => of((text: unknown) => write(`${text}\n`));
  const others = [
    [console, { log: line(out), error: line(err) }],
    [process.stdout, { write: of(out) }],
    [process.stderr, { write: of(err) }],
    [
      process,
      {
        env: of({ ...UNSET, ...environmentOf(options) }),
        stdin: of(Readable.from([Buffer.from(options.input ?? '')])),
      },
    ],
  ] as const;
  return withOthers(others, async () => ({ code: await codeOf(parameters), ...said }));
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a command of the program to its end, without a terminal. One after the other: what they write to, and their
 * environment, are those of the whole process. For what is about processes (signals, kills, two at once) there is `runLatchkey`.
 */
export function runHere(parameters: readonly string[], options: CommandOptions): Promise<Ended> {
  const running = last.then(() => run(parameters, options));
  last = running.catch(() => undefined);
  return running;
}
