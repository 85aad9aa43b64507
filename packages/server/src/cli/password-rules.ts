import type { Fault } from '../domain/fault.ts';
import { passwordFaults, similarityFaults } from '../domain/passwords/policy.ts';
import { faultWords } from '../http/words.ts';
import { askYesNo, isTerminal } from './ask.ts';
import { CommandError } from './command-error.ts';

/** Holds a password against the rules. A person may insist, a script needs `--allow-weak-password`. */
export async function insistOnRules(
  password: string,
  { username, email }: { readonly username: string; readonly email: string },
  { allowWeakPassword }: { allowWeakPassword?: boolean },
): Promise<void> {
  const faults: Fault[] = [
    ...(await passwordFaults(password)),
    ...similarityFaults(password, { username, email }),
  ];
  if (faults.length === 0 || allowWeakPassword) return;
  const words = faults.map(faultWords).join(' ');
  if (isTerminal() && (await askYesNo(`${words} Use it all the same?`))) return;
  throw new CommandError(`${words} (--allow-weak-password takes it all the same.)`);
}
