import type { Config } from '../config.ts';
import type { Tally } from './admin/overview/tally.ts';
import type { MailPort } from './email/mail-port.ts';
import type { KeysInForce } from './keys/in-force.ts';
import type { SprayWatch } from './limits/spraying.ts';
import type { Media } from './media/media.ts';
import type { Meter, RequestMeter } from './meter.ts';
import type { Passwords } from './passwords/passwords.ts';
import type { Notebook } from './refusals/notebook.ts';
import type { Finding } from './settings/rules.ts';
import type { Account, Store } from './store.ts';
import type { Clock, Random } from './system.ts';
import type { VerifyingRing } from './tokens/keys.ts';

/** One answered request, as the log has it. */
export interface RequestNote {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly ms: number;
  /** why it was refused; undefined when it was not */
  readonly reason: string | undefined;
}

/** Takes notes for the operator. Never given a secret. */
export interface Log {
  request(note: RequestNote): void;
  info(note: Readonly<Record<string, unknown>>, text: string): void;
  warn(note: Readonly<Record<string, unknown>>, text: string): void;
  error(note: Readonly<Record<string, unknown>>, text: string): void;
}

/** The claims about a person that go into both tokens, in this order, after `user_id`. */
export type ClaimsOf = (account: Account) => Readonly<Record<string, unknown>>;

/** Was the password found in a breach? No, when nobody can tell. */
export type IsBreached = (password: string) => Promise<boolean>;

/** The files of the pages at /admin/ and /account/, as they were built. */
export interface SiteFiles {
  /** a file by its name, such as `account.html`, `assets/x.js` or `assets/x.js.br`; undefined when there is none */
  read(name: string): Promise<Uint8Array | undefined>;
}

/** All that use cases may need. Each names the parts it takes. */
export interface App {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: KeysInForce;
  /** Django's, to verify with; undefined while DJANGO_TOKENS is off */
  readonly djangoKeys: VerifyingRing | undefined;
  readonly passwords: Passwords;
  readonly isBreached: IsBreached;
  /** undefined when pictures are off */
  readonly media: Media | undefined;
  readonly site: SiteFiles;
  readonly claimsOf: ClaimsOf;
  readonly spraying: SprayWatch;
  readonly log: Log;
  readonly notebook: Notebook;
  readonly mail: MailPort;
  readonly meter: Meter;
  /** undefined when metrics are off */
  readonly requestMeter: RequestMeter | undefined;
  /** what the meter is told, by day */
  readonly tally: Tally;
  /** what is to be said of the settings in force, and of the files with secrets, now */
  readonly settingFindings: () => readonly Finding[];
}
