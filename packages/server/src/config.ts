import { Secret } from './secret.ts';
import type { Setting } from './setting.ts';
import { type Environment, withFiles } from './setting-files.ts';
import { type DjangoAlgorithm, type LogLevel, SETTINGS, type Settings } from './settings.ts';

/** `dev` is what `npm start` runs; `serve` is production and refuses to start half configured. */
export type Profile = 'dev' | 'serve';

/** The settings in force. Frozen; made once, from the environment, at the edge. */
export interface Config {
  readonly profile: Profile;
  /** the names of the settings that were set; the others have their defaults */
  readonly given: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly workers: number;
  readonly databaseUrl: Secret;
  readonly secretKey: Secret;
  /** what it was before, or is to be: they open and verify, and neither seal nor sign */
  readonly secretKeyFallbacks: readonly Secret[];
  /** off, on, or the last day of adopting unrecorded tokens, YYYY-MM-DD */
  readonly djangoTokens: string;
  /** undefined: SECRET_KEY */
  readonly djangoJwtKey: Secret | undefined;
  readonly djangoJwtAlgorithm: DjangoAlgorithm;
  readonly djangoTokenMaxSeconds: number;
  /** `iss` of every token; undefined: none is written or asked for */
  readonly jwtIssuer: string | undefined;
  /** `aud` of every token; none: as above */
  readonly jwtAudience: readonly string[];
  /** always, or the first day (YYYY-MM-DD) whose tokens are asked for both */
  readonly jwtClaimsSince: string;
  /** how much longer tokens are taken, for clocks that differ */
  readonly jwtLeewaySeconds: number;
  /** off, file:<folder>, or s3://… with its keys */
  readonly mediaUrl: Secret;
  /** without a slash at the end; undefined only in dev */
  readonly publicUrl: string | undefined;
  /** `cookie`: refresh tokens in a cookie; `cookie-only`: access tokens too */
  readonly tokenTransport: 'bearer' | 'cookie' | 'cookie-only';
  readonly adminApi: 'on' | 'off';
  readonly adminUi: 'on' | 'off';
  readonly accountUi: 'on' | 'off';
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly sessionMaxSeconds: number;
  readonly refreshGraceSeconds: number;
  readonly passwordRules: 'enforce' | 'warn';
  /** off, file:<path>, or the address of a range API */
  readonly breachedPasswords: string;
  readonly hashConcurrency: number;
  readonly passwordUpgrade: 'on' | 'off';
  readonly legacyPasswordHashes: 'off' | 'on';
  readonly sqliteSynchronous: 'full' | 'normal';
  readonly databasePool: number;
  readonly databaseWaitSeconds: number;
  readonly limits: 'on' | 'off';
  readonly redisUrl: Secret | undefined;
  /** addresses and networks */
  readonly trustedProxies: readonly string[];
  readonly logLevel: LogLevel;
  /** 0: for good */
  readonly auditRetentionDays: number;
  readonly corsOrigins: '*' | readonly string[];
  /** where they are served by themselves */
  readonly metrics: 'off' | { readonly host: string; readonly port: number };
  readonly metricsToken: Secret | undefined;
  /** undefined: to the console or, in dev, the inbox */
  readonly mailUrl: Secret | undefined;
  /** undefined: made of publicUrl */
  readonly mailFrom: string | undefined;
  /** a folder; undefined: our own texts */
  readonly mailTemplates: string | undefined;
  /** without a slash at the end; undefined: publicUrl */
  readonly frontendUrl: string | undefined;
  readonly activationPath: string;
  readonly passwordResetPath: string;
  readonly emailChangePath: string;
  readonly emailRevertPath: string;
  readonly emailResetPath: string;
  readonly usernameResetPath: string;
  readonly accountTakeBackPath: string;
  readonly loginNeedsVerifiedEmail: 'off' | 'on';
  readonly registrationTellsTakenEmail: 'on' | 'off';
  /** 0: at once */
  readonly accountDeletionGraceDays: number;
}

/** Everything that is wrong with the configuration, a sentence each. */
export class ConfigError extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/** Browsers keep our cookies with https alone, or on the machine itself (RFC 6265bis, 5.7). */
function cookieFaults({ tokenTransport, publicUrl }: Config): string[] {
  if (tokenTransport === 'bearer' || publicUrl === undefined || publicUrl.startsWith('https:')) return [];
  const { hostname } = new URL(publicUrl);
  const isHere = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return isHere
    ? []
    : [`PUBLIC_URL has to be https for TOKEN_TRANSPORT=${tokenTransport}, not "${publicUrl}"`];
}

const ALL_SETTINGS: readonly Setting<unknown>[] = Object.values(SETTINGS);

/** The environment with the files read that `SECRET_KEY_FILE` and its like name, for who looks at it before `readConfig`. */
export const environmentWithFiles = (environment: Environment): Environment =>
  withFiles(environment, ALL_SETTINGS).values;

/**
 * Reads the settings from the environment, and from files that it names. Names that are unset or empty take their default.
 * Throws one `ConfigError` that lists every fault.
 */
export function readConfig(profile: Profile, environment: Environment): Config {
  const files = withFiles(environment, ALL_SETTINGS);
  const texts = files.values;
  const faults = [...files.faults];
  const given = ALL_SETTINGS.flatMap(({ name }) => (texts[name] ? [name] : []));
  const values: Record<string, unknown> = { profile, given };
  for (const [key, setting] of Object.entries(SETTINGS) as [string, Setting<unknown>][]) {
    const text = texts[setting.name] || setting.fallback(profile);
    if (text === undefined) {
      const isTold = Boolean(texts[`${setting.name}_FILE`]);
      if (!isTold && (profile === 'serve' || key === 'secretKey'))
        faults.push(`${setting.name} has to be set. ${setting.about}`);
      continue;
    }
    const value = setting.read(text);
    if (typeof value === 'object' && value !== null && 'fault' in value)
      faults.push(`${setting.name} ${value.fault}`);
    else values[key] = value;
  }
  if (faults.length === 0) faults.push(...cookieFaults(values as unknown as Config));
  if (values.registrationTellsTakenEmail === 'off' && values.loginNeedsVerifiedEmail !== 'on')
    faults.push(
      'REGISTRATION_TELLS_TAKEN_EMAIL off needs LOGIN_NEEDS_VERIFIED_EMAIL on: else a login with the user name tells what registering does not',
    );
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze({ publicUrl: undefined, ...values }) as unknown as Config;
}

/** An address without its password and its options, which can hold more of them. */
function withoutPassword(address: string): string {
  if (!URL.canParse(address)) return '***';
  const url = new URL(address);
  if (url.password !== '') url.password = '***';
  if (url.search !== '') url.search = '?***';
  return url.href;
}

/** An address with a port as it stands in a URL. */
export function addressText({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** A folder as it is, a bucket without its keys. */
const shownPlace = (address: string) => (address.startsWith('s3:') ? withoutPassword(address) : address);

function shown(key: keyof Settings, config: Config): string {
  const value = config[key];
  if (key === 'metrics' && config.metrics !== 'off') return addressText(config.metrics);
  if (key === 'databaseUrl') return withoutPassword(config.databaseUrl.reveal());
  if (key === 'mediaUrl') return shownPlace(config.mediaUrl.reveal());
  if (key === 'redisUrl' && config.redisUrl !== undefined) return withoutPassword(config.redisUrl.reveal());
  if (key === 'mailUrl')
    return config.mailUrl === undefined ? 'none' : withoutPassword(config.mailUrl.reveal());
  return Array.isArray(value) ? value.join(',') || 'none' : String(value ?? '');
}

/** The settings in force by name, secrets masked; `markOf` may give a mark by which two secrets are told apart. */
export function shownSettings(
  config: Config,
  markOf: (secret: string) => string = () => '',
): Readonly<Record<string, string>> {
  const entries = (Object.entries(SETTINGS) as [keyof Settings, Setting<unknown>][]).map(
    ([key, { name }]) => {
      const secrets = [config[key]].flat().filter((value) => value instanceof Secret);
      const mark = secrets
        .map((secret) => markOf(secret.reveal()))
        .join(' ')
        .trim();
      return [name, mark === '' ? shown(key, config) : `${shown(key, config)} (${mark})`];
    },
  );
  return Object.fromEntries(entries);
}

/** The settings in force as lines `NAME=value`, secrets masked. */
export function printConfig(config: Config): string {
  const lines = Object.entries(shownSettings(config)).map(([name, value]) => `${name}=${value}`);
  return `${lines.join('\n')}\n`;
}

/** The settings as the page of the documentation, in Markdown. */
export function settingsPage(): string {
  const rows = ALL_SETTINGS.map((setting) => {
    const fallback = setting.fallbackWords ?? `\`${setting.fallback('serve')}\``;
    return `| \`${setting.name}\` | ${fallback} | ${setting.about} |`;
  });
  const secrets = ALL_SETTINGS.filter(({ isSecret }) => isSecret);
  return [
    '# Settings',
    '',
    'Plain environment variables. A `.env` file in the working folder is read too; the environment wins.',
    '',
    'A secret can stand in a file instead, as containers are handed it: `SECRET_KEY_FILE=/run/secrets/key` for `SECRET_KEY`.',
    'One line break at the end of the file is left out. Both at once, a file that cannot be read or is empty, and a file for any',
    `other setting than these are faults: ${secrets.map(({ name }) => `\`${name}_FILE\``).join(', ')}.`,
    '',
    'This page is printed from `packages/server/src/settings.ts` by `latchkey config --markdown`.',
    '',
    '| name | when not set | what it does |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
