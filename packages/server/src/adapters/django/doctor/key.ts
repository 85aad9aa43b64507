import { weaknessOfKey } from '../../../weak-keys.ts';
import type { Diagnosis, EnvLine } from './diagnosis.ts';
import { asText, type Found, look, type Subject, saidUnknown } from './look.ts';
import { usesSimpleJwt } from './tokens.ts';

const FRESH = 'made by the doctor: keep it, a new one logs everybody out';

function saidWeak(key: Found<string>, weakness: string, into: Diagnosis): void {
  const fallsBack = key.environment !== undefined;
  into.faults.push({
    severity: fallsBack ? 'warning' : 'serious',
    at: key.at,
    what: `${key.name} ${weakness}${fallsBack ? ` when ${key.environment} is not set` : ''}: who guesses it makes tokens for anybody.`,
    todo: fallsBack
      ? 'Take the key that the running server has. If it is this one, make a new SECRET_KEY and give this one as DJANGO_JWT_KEY.'
      : 'Use the fresh SECRET_KEY of the .env. If it has a DJANGO_JWT_KEY, old tokens get in by the weak one: set DJANGO_TOKENS to off as soon as you can.',
  });
}

/** The two lines for a key of HS256, HS384 or HS512. */
function sharedKey(key: Found<string>, newKey: string, hasTokens: boolean, into: Diagnosis): EnvLine[] {
  const weakness = key.value === undefined ? undefined : weaknessOfKey(key.value);
  if (weakness !== undefined) saidWeak(key, weakness, into);
  if (key.environment !== undefined || key.value === undefined) {
    const source =
      key.environment === undefined
        ? `${key.name}, which could not be read (${key.at ?? 'it is not set'})`
        : `the environment variable ${key.environment} of the Django server`;
    into.mapped.push({ django: key.name, at: key.at, value: `from ${source}`, latchkey: 'SECRET_KEY' });
    return [{ name: 'SECRET_KEY', example: 'the key', comment: `take it from ${source}` }];
  }
  const weakKey = hasTokens ? 'DJANGO_JWT_KEY, with a fresh SECRET_KEY' : 'nothing: SECRET_KEY is fresh';
  const masked = `*** (${key.value.length} characters)`;
  into.mapped.push({
    django: key.name,
    at: key.at,
    value: masked,
    latchkey: weakness === undefined ? 'SECRET_KEY' : weakKey,
  });
  into.faults.push({
    severity: 'advice',
    at: key.at,
    what: `${key.name} stands in the source: everybody who can read the code can make tokens.`,
    todo: 'Keep the .env out of version control.',
  });
  if (weakness === undefined) return [{ name: 'SECRET_KEY', value: key.value, comment: "Django's" }];
  const fresh: EnvLine = { name: 'SECRET_KEY', value: newKey, comment: FRESH };
  if (!hasTokens) return [fresh];
  return [
    fresh,
    {
      name: 'DJANGO_JWT_KEY',
      value: key.value,
      comment: `WARNING: this key of Django ${weakness}. Who has it can make tokens while DJANGO_TOKENS is not off`,
    },
  ];
}

/** The lines where Django signs with a private key: Latchkey checks old tokens with the public one. */
function publicKey(subject: Subject, newKey: string, into: Diagnosis): EnvLine[] {
  const key = look(subject, ['SIMPLE_JWT', 'VERIFYING_KEY'], asText);
  const fresh: EnvLine = { name: 'SECRET_KEY', value: newKey, comment: FRESH };
  saidUnknown(key, into);
  const isPem = key.value?.includes('-----BEGIN ') && key.environment === undefined;
  if (!isPem || key.value === undefined) {
    const comment = 'the public key in PEM on one line, \\n for its line breaks';
    return [fresh, { name: 'DJANGO_JWT_KEY', example: '-----BEGIN PUBLIC KEY-----\\n…', comment }];
  }
  into.mapped.push({ django: key.name, at: key.at, value: 'a key in PEM', latchkey: 'DJANGO_JWT_KEY' });
  return [fresh, { name: 'DJANGO_JWT_KEY', value: key.value.trim().replaceAll('\n', '\\n') }];
}

const KNOWN_ALGORITHMS = /^(HS|RS|ES|PS)(256|384|512)$|^EdDSA$/;

/** What Django's tokens are signed with, and by which key Latchkey knows them. */
export function judgeKey(subject: Subject, newKey: string, into: Diagnosis): void {
  const algorithm = look(subject, ['SIMPLE_JWT', 'ALGORITHM'], asText);
  const signing = look(subject, ['SIMPLE_JWT', 'SIGNING_KEY'], asText);
  const secret = look(subject, ['SECRET_KEY'], asText);
  saidUnknown(algorithm, into);
  const isSame = signing.state === 'missing' || (signing.state === 'known' && signing.value === secret.value);
  const name = algorithm.value ?? 'HS256';
  if (name.startsWith('HS')) {
    into.env.push(...sharedKey(isSame ? secret : signing, newKey, usesSimpleJwt(subject), into));
  } else into.env.push(...publicKey(subject, newKey, into));
  if (algorithm.state === 'known' && name !== 'HS256') {
    into.mapped.push({
      django: algorithm.name,
      at: algorithm.at,
      value: name,
      latchkey: `DJANGO_JWT_ALGORITHM=${name}; Latchkey itself signs with HS256`,
    });
    into.env.push({ name: 'DJANGO_JWT_ALGORITHM', value: name });
  }
  if (!KNOWN_ALGORITHMS.test(name))
    into.faults.push({
      severity: 'serious',
      at: algorithm.at,
      what: `${name} is no algorithm to sign tokens with.`,
      todo: 'Leave DJANGO_TOKENS off.',
    });
  const old = look(subject, ['SECRET_KEY_FALLBACKS'], (value) =>
    value.kind === 'list' ? value.items.length : undefined,
  );
  if (old.value)
    into.notMapped.push({
      django: old.name,
      at: old.at,
      why: 'SimpleJWT does not look at older keys, so no token is signed with one.',
      isUnknown: false,
    });
}
