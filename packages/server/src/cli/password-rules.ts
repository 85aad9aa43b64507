import type { App } from '../domain/app.ts';
import { allFaults, type Owner } from '../domain/passwords/rules.ts';
import { faultWords } from '../http/words.ts';
import { askYesNo, isTerminal } from './ask.ts';
import { CommandError } from './command-error.ts';

/** Holds a password against the rules. A person may insist, a script needs `--allow-weak-password`. */
export async function insistOnRules(
  app: Pick<App, 'config' | 'isBreached'>,
  password: string,
  owner: Owner,
  { allowWeakPassword }: { allowWeakPassword?: boolean },
): Promise<void> {
  const faults = await allFaults(app, password, owner);
  if (faults.length === 0 || allowWeakPassword) return;
  const words = faults.map(faultWords).join(' ');
  if (isTerminal() && (await askYesNo(`${words} Use it all the same?`))) return;
  throw new CommandError(`${words} (--allow-weak-password takes it all the same.)`);
}
