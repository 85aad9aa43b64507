import { breachedPasswords } from './adapters/breached/breached.ts';
import { exposedFiles } from './adapters/exposed-files.ts';
import { logFor } from './adapters/log.ts';
import { openMail } from './adapters/mail/open.ts';
import { openMedia } from './adapters/media/open.ts';
import { passwordThreads } from './adapters/password-threads.ts';
import { findingsOfUser } from './adapters/process-user.ts';
import { builtSite } from './adapters/site.ts';
import type { Database } from './adapters/sql/open.ts';
import { type LimitsOver, sqlStore } from './adapters/sql/store.ts';
import { systemClock, systemRandom } from './adapters/system.ts';
import { type Config, ConfigError } from './config.ts';
import { openTally } from './domain/admin/overview/tally.ts';
import type { App, ClaimsOf, Log } from './domain/app.ts';
import type { MailPort } from './domain/email/mail-port.ts';
import { keysInForce } from './domain/keys/in-force.ts';
import { sprayWatch } from './domain/limits/spraying.ts';
import type { Meter, RequestMeter } from './domain/meter.ts';
import { checked, decoys } from './domain/passwords/decoys.ts';
import { type Argon2Cost, DEFAULT_COST, decoyOfCost } from './domain/passwords/formats/argon2.ts';
import { hashQueue } from './domain/passwords/hash-queue.ts';
import { meteredQueue } from './domain/passwords/metered-queue.ts';
import { type PasswordPolicy, passwords } from './domain/passwords/passwords.ts';
import { notebook } from './domain/refusals/notebook.ts';
import { findingsIn } from './domain/settings/rules.ts';
import type { Store } from './domain/store.ts';
import type { Clock, Random } from './domain/system.ts';
import { djangoKey } from './domain/tokens/django-key.ts';
import { profileClaims } from './domain/tokens/issue.ts';
import { foreignRing } from './domain/tokens/keys.ts';

/** What an embedder may replace. */
export interface Parts {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Log;
  /** the way out for mails */
  readonly mail?: MailPort;
  /** the claims about a person in both tokens, after `user_id` */
  readonly claimsOf?: ClaimsOf;
  /** what hashing a password costs; low in tests only */
  readonly hashCost?: Argon2Cost;
}

/** A ring of its own: what Django's key signed is never one of our tokens. */
function djangoRing(config: Config) {
  const { djangoTokens, djangoJwtKey, djangoJwtAlgorithm, secretKey, secretKeyFallbacks } = config;
  if (djangoTokens === 'off') return undefined;
  const secrets = djangoJwtKey === undefined ? [secretKey, ...secretKeyFallbacks] : [djangoJwtKey];
  const keys = secrets.map((secret) => {
    const key = djangoKey(secret.reveal(), djangoJwtAlgorithm);
    if ('fault' in key) throw new ConfigError([`DJANGO_JWT_KEY ${key.fault}`]);
    return key;
  });
  return foreignRing(keys);
}

/**
 * Puts an application together on an open database. Without a meter nothing but the days is counted, without `limitsOver` limits are counted in it. Throws a `ConfigError`
 * when Django's key does not fit its algorithm, and when there is no file of breached passwords.
 */
export function assemble(
  config: Config,
  database: Database,
  parts: Parts = {},
  prometheus?: Meter & RequestMeter,
  limitsOver?: LimitsOver,
): App {
  const {
    clock = systemClock,
    random = systemRandom,
    claimsOf = profileClaims,
    hashCost = DEFAULT_COST,
  } = parts;
  const limits = { concurrency: config.hashConcurrency, waiting: 100, patience: 2_000 };
  const { meter, tally } = openTally(clock, prometheus);
  const queue = meteredQueue(hashQueue(clock, limits), clock, meter);
  const store = sqlStore(database, limitsOver);
  const log = parts.log ?? logFor(config);
  const policy = passwordPolicy(config, store, clock, decoyOfCost(hashCost));
  return Object.freeze({
    config,
    store,
    clock,
    random,
    keys: keysInForce({ ...config, keys: store.keys, clock, log }),
    djangoKeys: djangoRing(config),
    passwords: passwords(queue, random, hashCost, passwordThreads, policy),
    isBreached: breachedPasswords(config, clock, log),
    media: openMedia(config.mediaUrl.reveal(), clock),
    site: builtSite(),
    claimsOf,
    log,
    spraying: sprayWatch(clock, random),
    notebook: notebook(),
    mail: parts.mail ?? openMail(config),
    meter,
    requestMeter: prometheus,
    tally,
    settingFindings: () => [
      ...findingsIn(config, process.env),
      ...exposedFiles(config.databaseUrl.reveal()),
      ...findingsOfUser(),
    ],
  });
}

function passwordPolicy(config: Config, store: Store, clock: Clock, own: string): PasswordPolicy {
  const acceptsLegacy = config.legacyPasswordHashes === 'on';
  return {
    acceptsLegacy,
    upgrades: config.passwordUpgrade === 'on',
    decoys: decoys({
      clock,
      key: config.secretKey.reveal(),
      own,
      sample: (limit) => store.accounts.samplePasswords(limit),
      decoyOf: (stored) => checked(stored, acceptsLegacy)?.decoy,
    }),
  };
}
