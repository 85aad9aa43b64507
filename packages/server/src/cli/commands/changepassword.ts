import { setPassword } from '../../domain/accounts/manage.ts';
import { COMMAND_LINE } from '../../domain/audit/event.ts';
import { withApp } from '../app.ts';
import { passwordFrom } from '../ask.ts';
import { CommandError } from '../command-error.ts';
import { insistOnRules } from '../password-rules.ts';

export interface ChangePasswordOptions {
  readonly passwordStdin?: boolean;
  readonly allowWeakPassword?: boolean;
}

/** `latchkey changepassword <user name or e-mail>`: sets a new password and logs the person out everywhere. */
export async function changePasswordCommand(name: string, options: ChangePasswordOptions): Promise<void> {
  await withApp(async (app, databaseName) => {
    const account = await app.store.accounts.byLoginName(name);
    if (account === undefined)
      throw new CommandError(`Nobody logs in as ${JSON.stringify(name)} in ${databaseName}.`);
    const password = await passwordFrom(options);
    await insistOnRules(app, password, account, options);
    const changed = await setPassword(app, account.id, password, COMMAND_LINE);
    if (!changed.ok)
      throw new CommandError(
        changed.reason === 'server_busy' ? 'The server is busy.' : 'The account is gone.',
      );
    console.log(
      `The password of ${JSON.stringify(account.username)} is changed; ${changed.value.sessionsEnded} sessions ended in ${databaseName}.`,
    );
  });
}
