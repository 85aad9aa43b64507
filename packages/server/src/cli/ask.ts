import * as prompts from '@clack/prompts';
import { strip } from '../http/python-text.ts';
import { CommandError } from './command-error.ts';

export const isTerminal = () => Boolean(process.stdin.isTTY && process.stdout.isTTY);

/** Escape or Ctrl-C at a question: nothing happens. */
function answered<T>(value: T): Exclude<T, symbol> {
  if (prompts.isCancel(value)) throw new CommandError('Nothing was changed.');
  return value as Exclude<T, symbol>;
}

/** Asks a person for a text; `check` gives a sentence when it will not do. */
export async function askText(message: string, check: (text: string) => string | undefined): Promise<string> {
  const validate = (text: string | undefined) => check((text ?? '').trim());
  return (answered(await prompts.text({ message, validate })) ?? '').trim();
}

export async function askYesNo(message: string): Promise<boolean> {
  return answered(await prompts.confirm({ message, initialValue: false }));
}

async function askPasswordTwice(): Promise<string> {
  const first = answered(await prompts.password({ message: 'Password' }));
  const second = answered(await prompts.password({ message: 'Password (again)' }));
  if (first !== second) throw new CommandError('The two passwords are not the same.');
  return first ?? '';
}

async function firstLineOfInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8').split(/\r?\n/, 1)[0] ?? '';
}

/**
 * A password from where the operator put it: standard input (`--password-stdin`, one line), the environment
 * variable LATCHKEY_PASSWORD, or the keyboard, twice. Never from an argument, which other users could read.
 */
export async function passwordFrom({ passwordStdin }: { passwordStdin?: boolean }): Promise<string> {
  const environment = process.env.LATCHKEY_PASSWORD;
  const password = passwordStdin
    ? await firstLineOfInput()
    : (environment ?? (isTerminal() ? await askPasswordTwice() : undefined));
  if (password === undefined) {
    throw new CommandError(
      'No password: use --password-stdin or LATCHKEY_PASSWORD, or run this at a terminal.',
    );
  }
  if (strip(password) === '') throw new CommandError('The password must not be empty.');
  // As the API does: what is typed at a login form is stripped too.
  return strip(password);
}
