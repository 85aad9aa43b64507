import { Command, Option } from 'commander';
import { ConfigError, type Profile } from '../config.ts';
import { VERSION } from '../version.ts';
import { CommandError } from './command-error.ts';
import { explain } from './explain.ts';

const PASSWORD_STDIN = [
  '--password-stdin',
  'read the password from standard input (or set LATCHKEY_PASSWORD)',
] as const;
const ALLOW_WEAK = ['--allow-weak-password', 'take a password that the rules refuse'] as const;

/** Commands load what they need when they run: `--help` is quick. */
function program(): Command {
  const latchkey = new Command('latchkey')
    .description('A self-hosted authentication backend on the wire of Django REST framework and SimpleJWT.')
    .version(VERSION)
    .showHelpAfterError('(latchkey --help lists the commands)');
  latchkey
    .command('dev')
    .description('run a development server: migrates by itself, makes its own key, takes weak passwords')
    .action(async () => (await import('./commands/serve.ts')).serve('dev'));
  latchkey
    .command('serve')
    .description('run a production server: wants SECRET_KEY and PUBLIC_URL')
    .option('--workers <number>', 'processes that share the port, or auto for one for each core')
    .action(async (options) => (await import('./commands/serve.ts')).serve('serve', options));
  latchkey
    .command('migrate')
    .description('bring the database up to date')
    .option('--plan', 'say what would run, run nothing')
    .action(async (options) => (await import('./commands/migrate.ts')).migrateCommand(options));
  latchkey
    .command('createsuperuser')
    .description('make an account with every right; asks for what is not given')
    .option('--username <name>', 'its user name')
    .option('--email <address>', 'its e-mail address')
    .option(...PASSWORD_STDIN)
    .option(...ALLOW_WEAK)
    .action(async (options) =>
      (await import('./commands/createsuperuser.ts')).createSuperuserCommand(options),
    );
  latchkey
    .command('changepassword')
    .description('set a new password and end the sessions of an account')
    .argument('<name>', 'user name or e-mail')
    .option(...PASSWORD_STDIN)
    .option(...ALLOW_WEAK)
    .action(async (name, options) =>
      (await import('./commands/changepassword.ts')).changePasswordCommand(name, options),
    );
  latchkey
    .command('undelete')
    .description('take an account back that was deleted and is not erased yet')
    .argument('<name>', 'user name or e-mail')
    .action(async (name) => (await import('./commands/undelete.ts')).undeleteCommand(name));
  return latchkey;
}

const collect = (one: string, list: readonly string[] = []) => [...list, one];

function addDjango(latchkey: Command): Command {
  latchkey
    .command('import-django')
    .description('take accounts, groups, tokens and the admin log over from a Django database')
    .requiredOption('--from <url>', 'a SQLite file or a postgres:// address; it is only read')
    .option('--dry-run', 'check and report, write nothing')
    .option('--user-table <name>', 'the table of the accounts, when it cannot be told')
    .option('--profile-table <name>', 'the table of the profiles, when it cannot be told')
    .option('--schema <name>', 'the schema of PostgreSQL the tables are in')
    .option('--map <claim=column>', 'where a claim comes from; may be given again', collect)
    .option('--media <folder>', 'the MEDIA_ROOT there: copy the pictures that profiles name')
    .option('--media-to <folder>', 'where the pictures go', './media')
    .option('--json', 'print the report as JSON')
    .action(async (options) => (await import('./commands/import-django.ts')).importDjangoCommand(options));
  latchkey
    .command('export-django')
    .description('write accounts that were changed or made here since the import back into a Django database')
    .requiredOption('--to <url>', 'the SQLite file or postgres:// address that was imported from')
    .option('--dry-run', 'compare and report, write nothing')
    .option('--user-table <name>', 'the table of the accounts, when it cannot be told')
    .option('--profile-table <name>', 'the table of the profiles, when it cannot be told')
    .option('--schema <name>', 'the schema of PostgreSQL the tables are in')
    .option('--map <claim=column>', 'where a claim goes; may be given again; as at the import', collect)
    .option('--json', 'print the report as JSON')
    .action(async (options) => (await import('./commands/export-django.ts')).exportDjangoCommand(options));
  return latchkey;
}

function addAudit(latchkey: Command): Command {
  const audit = latchkey.command('audit').description('read the audit trail');
  audit
    .command('tail')
    .description('print the newest events, and what comes, until it is stopped')
    .option('--lines <number>', 'how many to begin with', '20')
    .option('--no-follow', 'end after those')
    .option('--json', 'a line of JSON for each')
    .action(async (options) => (await import('./commands/audit.ts')).auditTailCommand(options));
  audit
    .command('export')
    .description('print the events of a time, the oldest first')
    .requiredOption('--since <time>', 'an ISO time, or 7d, 12h, 30m for so long ago')
    .option('--until <time>', 'before this time')
    .option('--event <name>', 'only events of this kind')
    .addOption(new Option('--format <name>', 'how').choices(['jsonl', 'csv']).default('jsonl'))
    .action(async (options) => (await import('./commands/audit.ts')).auditExportCommand(options));
  latchkey
    .command('explain')
    .description('say why a request was refused, or what is wrong with a token')
    .argument(
      '[request-id|token]',
      'the X-Request-Id of the answer, or a token, which is judged as things are now; - reads either from standard input, where neither ps nor the history of the shell sees a token',
    )
    .option('--token <token>', 'the same for what is to be a token and has no dot in it; - as above')
    .action(async (given, options) => (await import('./commands/explain.ts')).explainCommand(given, options));
  return latchkey;
}

function addMaintenance(latchkey: Command): Command {
  latchkey
    .command('backup')
    .description('copy the database to a file, while servers use it')
    .argument('<file>', 'a file that is not there yet')
    .action(async (file) => (await import('./commands/backup.ts')).backupCommand(file));
  latchkey
    .command('restore')
    .description('put a backup in the place of the database; everybody has to log in again')
    .argument('[file]', 'what latchkey backup wrote')
    .option('--force', 'also where a database is, which is kept under another name')
    .option('--after-pg-restore', 'the step that has to follow a pg_restore')
    .action(async (file, options) => (await import('./commands/restore.ts')).restoreCommand(file, options));
  latchkey
    .command('purge')
    .description(
      'do now what servers do by themselves from time to time: delete what has expired, send mails that wait, erase accounts',
    )
    .action(async () => (await import('./commands/purge.ts')).purgeCommand());
  latchkey
    .command('openapi')
    .description('print the OpenAPI document')
    .option('--output <file>', 'write it to a file')
    .action(async (options) => (await import('./commands/openapi.ts')).openApiCommand(options));
  latchkey
    .command('config')
    .description('print the settings in force, secrets masked')
    .addOption(new Option('--profile <name>', 'for which server').choices(['dev', 'serve']).default('dev'))
    .option('--markdown', 'print the page that explains the settings')
    .action(async (options: { profile: Profile; markdown?: boolean }) =>
      (await import('./commands/config.ts')).configCommand(options),
    );
  latchkey
    .command('audit-config')
    .description(
      'say what in the settings of a production server breaks which requirement; exit code 1 if any',
    )
    .option('--json', 'print it as JSON')
    .action(async (options) => (await import('./commands/audit-config.ts')).auditConfigCommand(options));
  latchkey
    .command('doctor-django')
    .description('say what the settings of a Django project are in Latchkey, and what is wrong with them')
    .argument('<path>', 'the settings file, or the folder of manage.py')
    .option('--settings <module>', 'the settings module, where manage.py names another one')
    .option('--env <file>', 'write the proposed .env there')
    .option('--force', 'overwrite that file')
    .option('--json', 'print one JSON document, without the .env')
    .option('--strict', 'exit code 2 when a fault is serious')
    .action(async (path, options) =>
      (await import('./commands/doctor-django.ts')).doctorDjangoCommand(path, options),
    );
  return latchkey;
}

const algorithm = () =>
  new Option('--algorithm <name>', 'what a new key is for')
    .choices(['HS256', 'HS384', 'HS512', 'ES256', 'EdDSA'])
    .default('EdDSA');

function addKeys(latchkey: Command): Command {
  const keys = latchkey.command('keys').description('see and change the keys that tokens are signed with');
  keys
    .command('list')
    .description('say what each key does now')
    .option('--json', 'print it as JSON')
    .action(async (options) => (await import('./commands/keys.ts')).listKeysCommand(options));
  keys
    .command('add')
    .description('add a key that waits to sign, or only verifies')
    .addOption(algorithm())
    .option('--from <file>', 'a PEM or a JWK, instead of a new key')
    .action(async (options) => (await import('./commands/keys.ts')).addKeyCommand(options));
  keys
    .command('rotate')
    .description('have another key sign, once all servers have it; nobody is logged out')
    .addOption(algorithm())
    .option('--to <kid>', 'a key of the ring (SECRET_KEY is one), instead of a new one')
    .option('--after <seconds>', 'when; without it 10, and 330 for a key with a public half')
    .option('--now', 'at once: for a second, servers may refuse what others sign')
    .option('--retire-others', 'with --now: refuse what all other keys signed; logs everybody out')
    .action(async (options) => (await import('./commands/keys.ts')).rotateKeyCommand(options));
  keys
    .command('retire')
    .description('refuse what a key signed, from now on')
    .argument('<kid>', 'which key')
    .action(async (kid) => (await import('./commands/keys.ts')).retireKeyCommand(kid));
  keys
    .command('reseal')
    .description('seal with SECRET_KEY what is sealed with one of SECRET_KEY_FALLBACKS')
    .action(async () => (await import('./commands/keys.ts')).resealKeysCommand());
  return latchkey;
}

/** The command line: every command with its options and what it runs. */
export const commandLine = (): Command => addMaintenance(addAudit(addKeys(addDjango(program()))));

/** What is said of an error to the person at the terminal, in lines. */
export function linesOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.faults;
  return [error instanceof CommandError ? error.message : explain(error)];
}
