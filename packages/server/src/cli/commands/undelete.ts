import { takeBackAccount } from '../../domain/accounts/take-back.ts';
import { COMMAND_LINE } from '../../domain/audit/event.ts';
import { withApp } from '../app.ts';
import { CommandError } from '../command-error.ts';

/** `latchkey undelete <user name or e-mail>`: takes an account back that was deleted and is not erased yet. */
export async function undeleteCommand(name: string): Promise<void> {
  await withApp(async (app, databaseName) => {
    const account = await app.store.accounts.byLoginName(name);
    if (account === undefined)
      throw new CommandError(`Nobody logs in as ${JSON.stringify(name)} in ${databaseName}.`);
    const shown = JSON.stringify(account.username);
    if (!(await takeBackAccount(app, account.id, COMMAND_LINE)).ok)
      throw new CommandError(`The account ${shown} is not deleted, or is about to be erased.`);
    console.log(`The account ${shown} is back in ${databaseName}.`);
  });
}
