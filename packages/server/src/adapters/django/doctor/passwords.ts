import type { PythonValue } from '../settings/python-value.ts';
import type { Diagnosis } from './diagnosis.ts';
import { asNumber, asText, asTexts, look, type Subject, saidUnknown } from './look.ts';

const lastName = (dotted: string) => dotted.split('.').at(-1) ?? dotted;

const OWN_RULES = [
  'UserAttributeSimilarityValidator',
  'MinimumLengthValidator',
  'CommonPasswordValidator',
  'NumericPasswordValidator',
];

const namesOfValidators = (value: PythonValue) => {
  if (value.kind !== 'list' || !value.isWhole) return undefined;
  const names = value.items.map((item) => {
    const name = item.kind === 'dict' ? item.entries.get('NAME') : undefined;
    return name === undefined ? undefined : asText(name);
  });
  return names.includes(undefined) ? undefined : names.map((name) => lastName(name ?? ''));
};

function minimumLength(subject: Subject): number | undefined {
  const validators = subject.values.get('AUTH_PASSWORD_VALIDATORS');
  for (const item of validators?.kind === 'list' ? validators.items : []) {
    const options = item.kind === 'dict' ? item.entries.get('OPTIONS') : undefined;
    const minimum = options?.kind === 'dict' ? options.entries.get('min_length') : undefined;
    if (minimum !== undefined) return asNumber(minimum);
  }
  return undefined;
}

function judgeValidators(subject: Subject, into: Diagnosis): void {
  const found = look(subject, ['AUTH_PASSWORD_VALIDATORS'], namesOfValidators);
  into.env.push({
    name: 'PASSWORD_RULES',
    value: 'enforce',
    comment: 'for new passwords; old ones still log in',
  });
  if (saidUnknown(found, into)) return;
  const names = found.value ?? [];
  const missing = OWN_RULES.filter((rule) => !names.includes(rule));
  into.mapped.push({
    django: found.name,
    at: found.at,
    value: names.join(', ') || 'none',
    latchkey: "PASSWORD_RULES=enforce: Django's four rules",
  });
  if (missing.length > 0)
    into.faults.push({
      severity: missing.length === OWN_RULES.length ? 'warning' : 'advice',
      at: found.at,
      what: `Password rules are missing: ${missing.join(', ')}.`,
      todo: 'PASSWORD_RULES=enforce brings all four for new passwords.',
    });
  const others = names.filter((name) => !OWN_RULES.includes(name));
  if (others.length > 0)
    into.notMapped.push({
      django: found.name,
      at: found.at,
      why: `${others.join(', ')}: Latchkey has Django's four rules and no others.`,
      isUnknown: false,
    });
  const minimum = minimumLength(subject);
  if (minimum !== undefined && minimum !== 8)
    into.notMapped.push({
      django: found.name,
      at: found.at,
      why: `a minimum of ${minimum} characters: it is 8 in Latchkey.`,
      isUnknown: false,
    });
}

/** Hashers that a graphics card undoes by the billion a second. */
const isWeak = (name: string) => /MD5/.test(name) || /^(Unsalted)?SHA1PasswordHasher$/.test(name);
const isKnown = (name: string) =>
  isWeak(name) || /^(PBKDF2(SHA1)?|Argon2|BCrypt(SHA256)?|Scrypt)PasswordHasher$/.test(name);

function judgeFirstHasher(first: string, at: string | undefined, into: Diagnosis): void {
  if (isWeak(first))
    into.faults.push({
      severity: 'serious',
      at,
      what: `PASSWORD_HASHERS begins with ${first}: new passwords are stored in a form that is undone in no time.`,
      todo: 'LEGACY_PASSWORD_HASHES=on lets them log in once, PASSWORD_UPGRADE=on stores them anew then. Ask who does not come for a new password.',
    });
  else if (first === 'PBKDF2SHA1PasswordHasher')
    into.faults.push({
      severity: 'warning',
      at,
      what: 'PASSWORD_HASHERS begins with PBKDF2SHA1PasswordHasher, which Django keeps for old systems.',
      todo: 'PASSWORD_UPGRADE=on stores them anew at each login.',
    });
}

function judgeHashers(subject: Subject, into: Diagnosis): void {
  const found = look(subject, ['PASSWORD_HASHERS'], asTexts);
  const isUnknown = saidUnknown(found, into);
  const names = (found.value ?? []).map(lastName);
  const weak = names.filter(isWeak);
  const value = weak.length > 0 ? 'on' : 'off';
  into.env.push({
    name: 'LEGACY_PASSWORD_HASHES',
    value,
    comment: isUnknown
      ? 'on, if accounts have hashes of MD5 or SHA-1: the import says so'
      : 'hashes of MD5 and SHA-1',
  });
  into.env.push({
    name: 'PASSWORD_UPGRADE',
    value: 'on',
    comment: 'off while Django runs beside it without argon2-cffi: it could not read the new hashes',
  });
  if (isUnknown) return;
  into.mapped.push({
    django: 'PASSWORD_HASHERS',
    at: found.at,
    value: names.join(', ') || "not set: Django's",
    latchkey: `LEGACY_PASSWORD_HASHES=${value}, PASSWORD_UPGRADE=on`,
  });
  judgeFirstHasher(names[0] ?? '', found.at, into);
  if (weak.length > 0 && !isWeak(names[0] ?? ''))
    into.faults.push({
      severity: 'advice',
      at: found.at,
      what: `PASSWORD_HASHERS still takes ${weak.join(', ')}.`,
      todo: 'Leave LEGACY_PASSWORD_HASHES off if no account has such a hash: the import says so.',
    });
  const others = names.filter((name) => !isKnown(name));
  if (others.length > 0)
    into.notMapped.push({
      django: 'PASSWORD_HASHERS',
      at: found.at,
      why: `${others.join(', ')}: what it stores is not known here. Accounts with such hashes need a new password.`,
      isUnknown: false,
    });
}

/** Password rules and stored hashes. */
export function judgePasswords(subject: Subject, into: Diagnosis): void {
  judgeValidators(subject, into);
  judgeHashers(subject, into);
}
