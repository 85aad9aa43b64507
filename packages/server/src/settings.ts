import { availableParallelism } from 'node:os';
import type { Config } from './config.ts';
import { DATABASE_SETTINGS } from './database-settings.ts';
import { MAIL_SETTINGS } from './mail-settings.ts';
import { Secret } from './secret.ts';
import { fault, inBoth, oneOf, type Reader, readPublicUrl, type SettingOf, wholeNumber } from './setting.ts';
import {
  isDay,
  readAudience,
  readClaimsSince,
  readFallbacks,
  readIssuer,
  readMediaUrl,
  readMetrics,
  readProxies,
  readSecretKey,
} from './setting-readers.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** RFC 6750 section 2.1: what fits into a header behind `Bearer`. */
const readMetricsToken: Reader<Secret | undefined> = (text) => {
  if (text === 'none') return undefined;
  return /^[\w.~+/-]+=*$/.test(text)
    ? readSecretKey(text)
    : fault('may have letters, digits and - . _ ~ + / only, and = at its end');
};

/** A host, and the number of a database if need be. No more: options would change what the client does. */
const readRedisUrl: Reader<Secret | undefined> = (text) => {
  if (text === 'none') return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const fits = url && /^rediss?:$/.test(url.protocol) && url.hostname && !url.search && !url.hash;
  return fits && /^(\/\d{0,5})?$/.test(url.pathname)
    ? new Secret(text)
    : fault('must be redis://user:password@host:6379/0 or, with TLS, rediss://…, without more');
};

const readOrigins: Reader<'*' | readonly string[]> = (text) => {
  if (text === '*') return '*';
  if (text === 'none') return [];
  const origins = text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
  const odd = origins.find((one) => !URL.canParse(one) || new URL(one).origin !== one);
  return odd === undefined
    ? origins
    : fault(`must list origins such as https://app.example.com, "${odd}" is none`);
};

/** The algorithms that Django's tokens are verified with. `none` is not among them. */
const DJANGO_ALGORITHMS = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'ES256',
  'ES384',
  'ES512',
] as const;

export type DjangoAlgorithm = (typeof DJANGO_ALGORITHMS)[number];

/** `off`, `on`, or the last day (UTC) of adopting what no table knows. */
const readDjangoTokens: Reader<string> = (text) =>
  text === 'off' || text === 'on' || isDay(text)
    ? text
    : fault(`must be off, on, or a day such as 2026-03-31, not "${text}"`);

const readDjangoKey: Reader<Secret | undefined> = (text) => {
  if (text === 'SECRET_KEY') return undefined;
  // a PEM has line breaks, and nothing has other control characters
  return /[^\P{Cc}\r\n\t]/u.test(text) ? fault('must not have control characters') : new Secret(text);
};

/** `off`, a path, or an address: in clear only on this machine. */
const readBreached: Reader<string> = (text) => {
  if (text === 'off' || /^file:\P{Cc}+$/u.test(text)) return text;
  if (URL.canParse(text)) {
    const { protocol, hostname, username, search, hash } = new URL(text);
    const isHere = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
    const isSafe = protocol === 'https:' || (protocol === 'http:' && isHere);
    if (isSafe && username === '' && search === '' && hash === '') return text;
  }
  return fault('must be off, file:<path>, or an https:// address without a query');
};

const nonEmpty: Reader<string> = (text) => (text === '' ? fault('must not be empty') : text);

export type Settings = { readonly [K in Exclude<keyof Config, 'profile' | 'given'>]: SettingOf<Config[K]> };

const YEAR = 366 * 86_400;

/** No setting makes a token that is good for longer, so none that claims to be is ours. */
export const LONGEST_TOKEN_SECONDS = YEAR;

/** Every setting there is. The page of the documentation is printed from this. */
export const SETTINGS: Settings = {
  host: {
    name: 'HOST',
    about: 'The address to listen on. `0.0.0.0` is every one of the machine.',
    fallback: inBoth('127.0.0.1'),
    read: nonEmpty,
  },
  port: {
    name: 'PORT',
    about: 'The port to listen on. 0 takes any free one.',
    fallback: inBoth('8000'),
    read: wholeNumber(0, 65_535),
  },
  workers: {
    name: 'WORKERS',
    about:
      'How many processes of `latchkey serve` answer on the one port, 1 to 64; `auto` is one for each core. `latchkey serve --workers` wins over it; `dev` is always one.',
    fallback: inBoth('1'),
    read: (text) => (text === 'auto' ? availableParallelism() : wholeNumber(1, 64)(text)),
  },
  ...DATABASE_SETTINGS,
  secretKey: {
    name: 'SECRET_KEY',
    about:
      "Signs the tokens, unless the key ring has another that does, and seals its keys. At least 32 random bytes. Django's SECRET_KEY, if you come from there.",
    fallback: () => undefined,
    fallbackWords: 'dev makes one and keeps it in a file beside the database; serve needs it',
    read: readSecretKey,
    isSecret: true,
  },
  secretKeyFallbacks: {
    name: 'SECRET_KEY_FALLBACKS',
    about:
      'What SECRET_KEY was before, or is to be, separated by commas or as a JSON list: what was signed or sealed with these is still good, and nothing is done with them anew. As in Django. See [keys.md](keys.md#another-secret_key).',
    fallback: inBoth('none'),
    read: readFallbacks,
    isSecret: true,
  },
  djangoTokens: {
    name: 'DJANGO_TOKENS',
    about:
      'Accepts tokens that Django issued: `off`, `on`, or a day (`YYYY-MM-DD`) up to whose end, UTC, refresh tokens that no table knows are adopted; recorded ones and access tokens as long as they last.',
    fallback: inBoth('off'),
    read: readDjangoTokens,
  },
  djangoJwtKey: {
    name: 'DJANGO_JWT_KEY',
    about:
      "Verifies Django's tokens: the text for HS*, a public key in PEM, with `\\n` for line breaks, for RS* and ES*. `SECRET_KEY` is the one above.",
    fallback: inBoth('SECRET_KEY'),
    read: readDjangoKey,
    isSecret: true,
  },
  djangoJwtAlgorithm: {
    name: 'DJANGO_JWT_ALGORITHM',
    about: `The one algorithm of Django's tokens: ${DJANGO_ALGORITHMS.join(', ')}. Verified only, never signed with.`,
    fallback: inBoth('HS256'),
    read: oneOf(...DJANGO_ALGORITHMS),
  },
  djangoTokenMaxSeconds: {
    name: 'DJANGO_TOKEN_MAX_SECONDS',
    about: "The longest life (`exp` - `iat`) that is believed of a token of Django's.",
    fallback: inBoth('7776000'),
    read: wholeNumber(1, 100 * YEAR),
  },
  jwtIssuer: {
    name: 'JWT_ISSUER',
    about:
      "`iss` of every token; one without it, or with another, is refused. As ISSUER of SimpleJWT: Django's tokens have to have it too. See [keys.md](keys.md#iss-and-aud).",
    fallback: inBoth('none'),
    read: readIssuer,
  },
  jwtAudience: {
    name: 'JWT_AUDIENCE',
    about:
      '`aud` of every token: a text or, separated by commas, several; a token that has none of them is refused. As AUDIENCE of SimpleJWT. See [keys.md](keys.md#iss-and-aud).',
    fallback: inBoth('none'),
    read: readAudience,
  },
  jwtClaimsSince: {
    name: 'JWT_CLAIMS_SINCE',
    about:
      'The day (`YYYY-MM-DD`), UTC, since which JWT_ISSUER and JWT_AUDIENCE are as they are: tokens issued before it are good without them, so that nobody is logged out. At most a week ahead, for until then nothing is asked. `always` asks every token.',
    fallback: inBoth('always'),
    read: readClaimsSince,
  },
  publicUrl: {
    name: 'PUBLIC_URL',
    about:
      'The address the world knows this server by. Requests for other hosts are refused, so a proxy has to pass the Host header on. With https browsers are told to use nothing else for this host and those below it (HSTS).',
    fallback: () => undefined,
    fallbackWords: 'dev needs none; serve needs it',
    read: readPublicUrl,
  },
  mediaUrl: {
    name: 'MEDIA_URL',
    about:
      'Where pictures of profiles are kept: `file:./folder`, `s3://KEY_ID:SECRET_KEY@host/bucket?region=…` for any storage that speaks S3, or `off`, which takes and shows none. See [pictures.md](pictures.md).',
    fallback: inBoth('file:./media'),
    read: readMediaUrl,
    isSecret: true,
  },
  tokenTransport: {
    name: 'TOKEN_TRANSPORT',
    about:
      'How tokens travel: `bearer`, in bodies and the Authorization header; `cookie`, refresh tokens in a cookie that no script can read; `cookie-only`, access tokens too. See [cookie-mode.md](cookie-mode.md).',
    fallback: inBoth('bearer'),
    read: oneOf('bearer', 'cookie', 'cookie-only'),
  },
  adminApi: {
    name: 'ADMIN_API',
    about:
      '`off` serves nothing below `/api/admin/` and no admin site, and lets nobody at accounts of others under `/auth/users/`: for servers that the world reaches, where another one is for staff. See [deployment.md](deployment.md#a-host-of-its-own-for-the-admin-site).',
    fallback: inBoth('on'),
    read: oneOf('on', 'off'),
  },
  adminUi: {
    name: 'ADMIN_UI',
    about: '`on` serves the admin site at `/admin/`. See [pages.md](pages.md).',
    fallback: inBoth('on'),
    read: oneOf('on', 'off'),
  },
  accountUi: {
    name: 'ACCOUNT_UI',
    about:
      '`on` serves the account pages at `/account/`, for people to sign up, log in and look after their account; without FRONTEND_URL the links in mails lead there. See [pages.md](pages.md).',
    fallback: (profile) => (profile === 'dev' ? 'on' : 'off'),
    fallbackWords: '`on` in dev, `off` in serve',
    read: oneOf('on', 'off'),
  },
  jwtLeewaySeconds: {
    name: 'JWT_LEEWAY_SECONDS',
    about:
      'How much later than `exp`, and earlier than `nbf`, tokens are taken: LEEWAY of SimpleJWT. See [keys.md](keys.md#leeway).',
    fallback: inBoth('0'),
    read: wholeNumber(0, 300),
  },
  accessTokenSeconds: {
    name: 'ACCESS_TOKEN_SECONDS',
    about: 'How long an access token is good for.',
    fallback: inBoth('300'),
    read: wholeNumber(1, 86_400),
  },
  refreshTokenSeconds: {
    name: 'REFRESH_TOKEN_SECONDS',
    about: 'How long a refresh token is good for; each rotation starts anew.',
    fallback: inBoth('4320000'),
    read: wholeNumber(1, YEAR),
  },
  sessionMaxSeconds: {
    name: 'SESSION_MAX_SECONDS',
    about: 'How long a session can be kept up by rotating at all.',
    fallback: inBoth('7776000'),
    read: wholeNumber(1, 10 * YEAR),
  },
  refreshGraceSeconds: {
    name: 'REFRESH_GRACE_SECONDS',
    about:
      'How long the direct parent of a refresh token still gets the same successor, for clients whose answer was lost. 0 is strict.',
    fallback: inBoth('30'),
    read: wholeNumber(0, 3_600),
  },
  passwordRules: {
    name: 'PASSWORD_RULES',
    about: '`enforce` refuses weak passwords; `warn` takes them and says so in the log.',
    fallback: (profile) => (profile === 'dev' ? 'warn' : 'enforce'),
    fallbackWords: '`warn` in dev, `enforce` in serve',
    read: oneOf('enforce', 'warn'),
  },
  breachedPasswords: {
    name: 'BREACHED_PASSWORDS',
    about:
      'Refuses passwords that were found in breaches: `file:/path` is the downloaded list of Pwned Passwords, one file sorted by hash or a folder of ranges; `https://api.pwnedpasswords.com` is asked over the network and told five digits of the hash. See [passwords.md](passwords.md).',
    fallback: inBoth('off'),
    read: readBreached,
  },
  hashConcurrency: {
    name: 'HASH_CONCURRENCY',
    about:
      'How many passwords are hashed at the same time, each in a thread of its own; on Linux at a lower priority than all other requests. It counts for each process; with WORKERS the default is shared out among them.',
    fallback: () => String(availableParallelism()),
    fallbackWords: 'the number of cores',
    read: wholeNumber(1, 256),
  },
  passwordUpgrade: {
    name: 'PASSWORD_UPGRADE',
    about:
      '`on` replaces a password hash of another format or cost by ours when its owner logs in; `off` leaves hashes as they are.',
    fallback: inBoth('on'),
    read: oneOf('on', 'off'),
  },
  legacyPasswordHashes: {
    name: 'LEGACY_PASSWORD_HASHES',
    about:
      "`on` accepts Django's MD5 and SHA-1 hashes, salted or not; `off` treats such accounts as having no usable password. Who steals them can find the passwords easily.",
    fallback: inBoth('off'),
    read: oneOf('off', 'on'),
  },
  limits: {
    name: 'LIMITS',
    about:
      '`on` turns away with 429 who asks too often: see [limits.md](limits.md). `off` is for development and for measuring.',
    fallback: (profile) => (profile === 'dev' ? 'off' : 'on'),
    fallbackWords: '`off` in dev, `on` in serve',
    read: oneOf('on', 'off'),
  },
  redisUrl: {
    name: 'REDIS_URL',
    about:
      'Counts the limits of networks in Redis instead of the database: `redis://user:password@host:6379/0`, or `rediss://` with TLS. While it is away the database counts. See [limits.md](limits.md#in-redis).',
    fallback: inBoth('none'),
    read: readRedisUrl,
    isSecret: true,
  },
  trustedProxies: {
    name: 'TRUSTED_PROXIES',
    about:
      'Addresses and networks of your proxies, separated by commas, such as `127.0.0.1,10.0.0.0/8`. From those, and nobody else, `X-Forwarded-For` is believed, and `X-Forwarded-Proto: http`, which is refused when PUBLIC_URL is https. Without it all callers behind a proxy have its address, and share its limits.',
    fallback: inBoth('none'),
    read: readProxies,
  },
  logLevel: {
    name: 'LOG_LEVEL',
    about: `How much is logged: ${LOG_LEVELS.join(', ')}. \`serve\` logs requests at debug, \`dev\` at info.`,
    fallback: inBoth('info'),
    read: oneOf(...LOG_LEVELS),
  },
  auditRetentionDays: {
    name: 'AUDIT_RETENTION_DAYS',
    about:
      'How long the audit trail is kept: 30 days or more, or 0, which is for good. See [audit.md](audit.md).',
    fallback: inBoth('400'),
    read: (text) => (text === '0' ? 0 : wholeNumber(30, 36_500)(text)),
  },
  accountDeletionGraceDays: {
    name: 'ACCOUNT_DELETION_GRACE_DAYS',
    about:
      'For so many days after its owner deleted it an account can be taken back, and nobody can use it; then it is erased. 0 erases it at once. See [account.md](account.md).',
    fallback: inBoth('14'),
    read: wholeNumber(0, 365),
  },
  corsOrigins: {
    name: 'CORS_ORIGINS',
    about:
      'Origins whose pages may call this server, separated by commas. `*` is any, without cookies; `none` is none. In cookie mode the pages of the listed ones may use the cookies.',
    fallback: (profile) => (profile === 'dev' ? '*' : 'none'),
    fallbackWords: '`*` in dev, `none` in serve',
    read: readOrigins,
  },
  metrics: {
    name: 'METRICS',
    about:
      'Where `/metrics` is served by itself, for Prometheus: a port of 127.0.0.1, or an address with a port. With WORKERS it tells of all processes together. See [metrics.md](metrics.md).',
    fallback: inBoth('off'),
    read: readMetrics,
  },
  metricsToken: {
    name: 'METRICS_TOKEN',
    about:
      'With it `/metrics` is served on PORT too, and who asks, on either port, has to show it: `Authorization: Bearer …`. At least 32 random bytes.',
    fallback: inBoth('none'),
    read: readMetricsToken,
    isSecret: true,
  },
  ...MAIL_SETTINGS,
};
