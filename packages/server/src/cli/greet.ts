import { isRoot } from '../adapters/process-user.ts';
import { sqlitePath } from '../adapters/sql/open.ts';
import type { Config } from '../config.ts';
import type { Log } from '../domain/app.ts';
import { VERSION } from '../version.ts';
import { weaknessOfKey } from '../weak-keys.ts';

/** Says that a server is there, where it listens and where its data is. */
export function greet(config: Config, log: Log, address: string): void {
  const path = sqlitePath(config.databaseUrl.reveal());
  const what = config.profile === 'dev' ? 'development server' : 'server';
  log.info({}, `Latchkey ${VERSION}, ${what}, listens on ${address}`);
  log.info({}, `The data is in ${path ?? 'PostgreSQL'}`);
  if (config.profile !== 'dev') return;
  if (config.accountUi === 'on') log.info({}, `Open ${address}/account/ in a browser`);
  log.info({}, `The inbox, the clock and the state for tests are at ${address}/dev/`);
  const body = `'{"username":"admin","password":"admin"}'`;
  log.info({}, `Try: curl ${address}/api/register/ -H 'Content-Type: application/json' -d ${body}`);
}

/** Django's key is what it is: its tokens exist already. Who guesses it makes tokens for everybody. */
export function warnOfWeakDjangoKey(
  { djangoTokens, djangoJwtKey, djangoJwtAlgorithm }: Config,
  log: Log,
): void {
  if (djangoTokens === 'off' || djangoJwtKey === undefined || !djangoJwtAlgorithm.startsWith('HS')) return;
  const weakness = weaknessOfKey(djangoJwtKey.reveal());
  if (weakness !== undefined)
    log.warn(
      {},
      `DJANGO_JWT_KEY ${weakness}. Who guesses it can log in as anybody: set DJANGO_TOKENS=off soon`,
    );
}

/** Mails that nobody gets: their links can be read by whoever reads the output. */
export function warnOfNoMail({ profile, mailUrl }: Config, log: Log): void {
  if (profile === 'serve' && mailUrl === undefined)
    log.warn({}, 'MAIL_URL is not set: mails, with their links, are written to the standard output');
}

/** Node 20 works and gets no more security fixes. */
export function warnOfOldNode(log: Log): void {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 22) log.warn({}, `Node ${process.versions.node} is past its end of life; use Node 22 or 24`);
}

/** Who breaks into a server has what its user has. It is no reason not to start: containers do it. */
export function warnOfRoot({ profile }: Pick<Config, 'profile'>, log: Log, uid?: number): void {
  if (profile === 'serve' && isRoot(uid)) log.warn({}, 'it runs as root: start it as a user of its own');
}
