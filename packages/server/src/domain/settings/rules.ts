import type { Config } from '../../config.ts';
import { weaknessOfKey } from '../../weak-keys.ts';
import { isPlainPostgres, isUnverifiedPostgres } from './postgres-tls.ts';

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Something in the settings that breaks a requirement, or that could be better. */
export interface Finding {
  /** the setting it is about */
  readonly setting: string;
  /** a requirement of ASVS 5.0, or a case of the catalogue of attacks: docs/security.md has both */
  readonly breaks: string;
  readonly what: string;
  readonly todo: string;
  /** what could be better breaks no build */
  readonly isAdvice?: boolean;
}

interface Rule extends Finding {
  readonly isBroken: (config: Config, environment: Environment) => boolean;
}

const DAY = 86_400;

const isHere = (host: string) => /^(localhost|.+\.localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host);

const isInClear = (address: string) => address.startsWith('http:') && !isHere(new URL(address).hostname);

/** Wider than any network that somebody has to himself: beyond /8, or /32 of IPv6. */
function isTooWide(network: string): boolean {
  const [address = '', bits] = network.split('/');
  return bits !== undefined && Number(bits) < (address.includes(':') ? 32 : 8);
}

const isPublicMetrics = ({ metrics, metricsToken }: Config) =>
  metrics !== 'off' && metricsToken === undefined && !isHere(metrics.host);

function isWeakDjangoKey({ djangoTokens, djangoJwtKey, djangoJwtAlgorithm }: Config): boolean {
  if (djangoTokens === 'off' || djangoJwtKey === undefined || !djangoJwtAlgorithm.startsWith('HS'))
    return false;
  return weaknessOfKey(djangoJwtKey.reveal()) !== undefined;
}

/** What the settings are held to, one row each. docs/audit-config.md lists them. */
export const RULES: readonly Rule[] = [
  {
    setting: 'PUBLIC_URL',
    breaks: 'ASVS 12.2.1',
    what: 'passwords and tokens travel in clear',
    todo: 'Put a proxy with TLS in front and set PUBLIC_URL=https://…',
    isBroken: ({ publicUrl }) => publicUrl !== undefined && isInClear(publicUrl),
  },
  {
    setting: 'CORS_ORIGINS',
    breaks: 'ASVS 3.4.2',
    what: 'the pages of every site may call the server',
    todo: 'List the origins of your front ends: CORS_ORIGINS=https://app.example.com',
    isBroken: ({ corsOrigins }) => corsOrigins === '*',
  },
  {
    setting: 'CORS_ORIGINS',
    breaks: 'H-16',
    what: 'who sits on the wire can change the page of a listed origin, for it is http',
    todo: 'List https:// origins alone',
    isBroken: ({ corsOrigins }) => corsOrigins !== '*' && corsOrigins.some(isInClear),
  },
  {
    setting: 'LIMITS',
    breaks: 'ASVS 6.3.1',
    what: 'passwords can be guessed without end',
    todo: 'Leave LIMITS out, or set LIMITS=on',
    isBroken: ({ limits }) => limits === 'off',
  },
  {
    setting: 'TRUSTED_PROXIES',
    breaks: 'ASVS 4.1.3',
    what: 'strangers are believed when they say that they are somebody else: a network is wider than /8, or /32 of IPv6',
    todo: 'Name the addresses of your proxies',
    isBroken: ({ trustedProxies }) => trustedProxies.some(isTooWide),
  },
  {
    setting: 'TRUSTED_PROXIES',
    breaks: 'ASVS 15.3.4',
    what: 'PUBLIC_URL is https, so a proxy is in front, and all callers have its address: they share its limits',
    todo: 'Name the addresses of your proxies: TRUSTED_PROXIES=127.0.0.1',
    isBroken: ({ publicUrl, trustedProxies }) =>
      publicUrl?.startsWith('https:') === true && trustedProxies.length === 0,
  },
  {
    setting: 'METRICS',
    breaks: 'ASVS 13.4.5',
    what: 'everybody who reaches the port can read the metrics',
    todo: 'Set METRICS to a port of 127.0.0.1, or a METRICS_TOKEN',
    isBroken: isPublicMetrics,
  },
  {
    setting: 'DATABASE_URL',
    breaks: 'ASVS 12.3.1',
    what: 'password hashes and the password of the database travel to another machine in clear',
    todo: 'Add sslmode=verify-full to DATABASE_URL, and sslrootcert=… for an authority of your own',
    isBroken: ({ databaseUrl }, environment) => isPlainPostgres(databaseUrl.reveal(), environment),
  },
  {
    setting: 'DATABASE_URL',
    breaks: 'ASVS 12.3.2',
    what: 'the certificate of the database is not looked at, so anybody can stand in for it',
    todo: 'Set sslmode=verify-full in DATABASE_URL',
    isBroken: ({ databaseUrl }, environment) => isUnverifiedPostgres(databaseUrl.reveal(), environment),
  },
  {
    setting: 'SQLITE_SYNCHRONOUS',
    breaks: 'ASVS 7.4.1',
    what: 'after a power cut the last logouts may not have happened',
    todo: 'Leave SQLITE_SYNCHRONOUS out, or set it to full',
    isBroken: ({ databaseUrl, sqliteSynchronous }) =>
      sqliteSynchronous === 'normal' && databaseUrl.reveal().startsWith('sqlite:'),
  },
  {
    setting: 'PASSWORD_RULES',
    breaks: 'ASVS 6.2.4',
    what: 'weak and common passwords are taken',
    todo: 'Leave PASSWORD_RULES out, or set it to enforce',
    isBroken: ({ passwordRules }) => passwordRules === 'warn',
  },
  {
    setting: 'LEGACY_PASSWORD_HASHES',
    breaks: 'ASVS 11.4.2',
    what: 'MD5 and SHA-1 hashes of Django are accepted',
    todo: 'Set it to off when those who still log in have done so once',
    isBroken: ({ legacyPasswordHashes }) => legacyPasswordHashes === 'on',
  },
  {
    setting: 'PASSWORD_UPGRADE',
    breaks: 'L-26',
    what: 'hashes of other formats and costs stay as they are',
    todo: 'Set it to on when nothing else reads the passwords of this database',
    isBroken: ({ passwordUpgrade }) => passwordUpgrade === 'off',
  },
  {
    setting: 'ACCESS_TOKEN_SECONDS',
    breaks: 'ASVS 9.2.1',
    what: 'an access token is good for more than an hour',
    todo: 'Set ACCESS_TOKEN_SECONDS to 3600 at the most',
    isBroken: ({ accessTokenSeconds }) => accessTokenSeconds > 3_600,
  },
  {
    setting: 'REFRESH_TOKEN_SECONDS',
    breaks: 'ASVS 7.3.1',
    what: 'a session that nobody uses lasts more than 50 days',
    todo: 'Set REFRESH_TOKEN_SECONDS to 4320000 at the most',
    isBroken: ({ refreshTokenSeconds }) => refreshTokenSeconds > 50 * DAY,
  },
  {
    setting: 'SESSION_MAX_SECONDS',
    breaks: 'ASVS 7.3.2',
    what: 'a session lasts more than 90 days',
    todo: 'Set SESSION_MAX_SECONDS to 7776000 at the most',
    isBroken: ({ sessionMaxSeconds }) => sessionMaxSeconds > 90 * DAY,
  },
  {
    setting: 'REFRESH_GRACE_SECONDS',
    breaks: 'ASVS 10.4.5',
    what: 'who steals a refresh token can use it more than a minute after its owner without being noticed',
    todo: 'Set REFRESH_GRACE_SECONDS to 60 at the most',
    isBroken: ({ refreshGraceSeconds }) => refreshGraceSeconds > 60,
  },
  {
    setting: 'DJANGO_JWT_KEY',
    breaks: 'ASVS 11.2.3',
    what: 'it can be guessed, and who guesses it logs in as anybody',
    todo: 'Set DJANGO_TOKENS=off as soon as it can be',
    isBroken: isWeakDjangoKey,
  },
  {
    setting: 'DJANGO_TOKENS',
    breaks: 'R-17',
    what: 'refresh tokens that no table knows are adopted without an end',
    todo: 'Set it to the last day of the move, YYYY-MM-DD',
    isBroken: ({ djangoTokens }) => djangoTokens === 'on',
  },
  {
    setting: 'LOG_LEVEL',
    breaks: 'ASVS 16.2.5',
    what: 'the log has more than anybody has to know in production',
    todo: 'Set LOG_LEVEL=info',
    isBroken: ({ logLevel }) => logLevel === 'trace',
  },
  {
    setting: 'LOG_LEVEL',
    breaks: 'ASVS 16.3.4',
    what: 'errors are not logged',
    todo: 'Set LOG_LEVEL=info',
    isBroken: ({ logLevel }) => logLevel === 'silent' || logLevel === 'fatal',
  },
  {
    setting: 'SECRET_KEY_FALLBACKS',
    breaks: 'K-04',
    what: 'who has an old SECRET_KEY can still make tokens with it',
    todo: 'Leave it out when what was signed with it has expired, and after latchkey keys reseal',
    isAdvice: true,
    isBroken: ({ secretKeyFallbacks }) => secretKeyFallbacks.length > 0,
  },
  {
    setting: 'BREACHED_PASSWORDS',
    breaks: 'ASVS 6.2.12',
    what: 'passwords that were found in breaches are taken',
    todo: 'Set it to a file of Pwned Passwords, or to https://api.pwnedpasswords.com',
    isAdvice: true,
    isBroken: ({ breachedPasswords }) => breachedPasswords === 'off',
  },
];

/**
 * What in the settings that are in force breaks which requirement, or could be better. `environment`: what PostgreSQL's client
 * reads besides DATABASE_URL. Holds no secret.
 */
export function findingsIn(config: Config, environment: Environment): readonly Finding[] {
  return RULES.filter(({ isBroken }) => isBroken(config, environment)).map(({ isBroken, ...rest }) => rest);
}
