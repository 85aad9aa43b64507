import { openAccount } from '../../domain/accounts/open.ts';
import { emailFaults, usernameFaults } from '../../domain/accounts/register.ts';
import { COMMAND_LINE } from '../../domain/audit/event.ts';
import { isEmailAddress } from '../../domain/email/address.ts';
import type { Fault } from '../../domain/fault.ts';
import { faultWords } from '../../http/words.ts';
import { withApp } from '../app.ts';
import { askText, isTerminal, passwordFrom } from '../ask.ts';
import { CommandError } from '../command-error.ts';
import { insistOnRules } from '../password-rules.ts';

export interface CreateSuperuserOptions {
  readonly username?: string;
  readonly email?: string;
  readonly passwordStdin?: boolean;
  readonly allowWeakPassword?: boolean;
}

function usernameProblem(username: string): string | undefined {
  if (username === '') return 'A user name is needed: --username.';
  return [...username].length > 100 ? 'A user name has 100 characters at the most.' : undefined;
}

function emailProblem(email: string): string | undefined {
  return email === '' || isEmailAddress(email)
    ? undefined
    : `${JSON.stringify(email)} is not an e-mail address.`;
}

async function textFrom(
  given: string | undefined,
  question: string,
  problem: (text: string) => string | undefined,
): Promise<string> {
  const text = given ?? (isTerminal() ? await askText(question, problem) : '');
  const said = problem(text.trim());
  if (said !== undefined) throw new CommandError(said);
  return text.trim();
}

/** Says it before more is asked; what counts is decided when the account is opened. */
async function insistItIsFree(asked: Promise<readonly Fault[]>): Promise<void> {
  const [fault] = await asked;
  if (fault !== undefined) throw new CommandError(faultWords(fault));
}

/** `latchkey createsuperuser`: by questions at a terminal, by flags in a script. */
export async function createSuperuserCommand(options: CreateSuperuserOptions): Promise<void> {
  await withApp(async (app, databaseName) => {
    const username = await textFrom(options.username, 'User name', usernameProblem);
    await insistItIsFree(usernameFaults(app, username));
    const email = await textFrom(options.email, 'E-mail (may stay empty)', emailProblem);
    await insistItIsFree(emailFaults(app, email));
    const password = await passwordFrom(options);
    await insistOnRules(app, password, { username, email, isStaff: true }, options);
    const created = await openAccount(app, { username, email, password, isSuperuser: true }, COMMAND_LINE);
    if (!created.ok) {
      const words = Object.values(created.faults ?? {})
        .flat()
        .map(faultWords);
      throw new CommandError(words.join(' ') || 'The server is busy.');
    }
    console.log(`Superuser ${JSON.stringify(username)} has id ${created.value.id} in ${databaseName}.`);
  });
}
