import { LONGEST_TOKEN_SECONDS } from '../../../settings.ts';
import type { Diagnosis } from './diagnosis.ts';
import { asBool, asDotted, asSeconds, asSomeTexts, look, type Subject, saidUnknown, shown } from './look.ts';

const DAY = 86_400;
/** SimpleJWT's own defaults, which differ from Latchkey's. */
const DEFAULT_ACCESS = 300;
const DEFAULT_REFRESH = DAY;
/** DJANGO_TOKEN_MAX_SECONDS when it is not set */
const BELIEVED = 7_776_000;

const inJwt = (key: string) => ['SIMPLE_JWT', key] as const;

/** Does the project use SimpleJWT, by what can be seen? */
export function usesSimpleJwt(subject: Subject): boolean {
  const apps = look(subject, ['INSTALLED_APPS'], asSomeTexts).value ?? [];
  const classes =
    look(subject, ['REST_FRAMEWORK', 'DEFAULT_AUTHENTICATION_CLASSES'], asSomeTexts).value ?? [];
  return (
    subject.values.has('SIMPLE_JWT') ||
    [...apps, ...classes].some((name) => name.startsWith('rest_framework_simplejwt'))
  );
}

function days(seconds: number): string {
  if (seconds % DAY === 0) return seconds === DAY ? '1 day' : `${seconds / DAY} days`;
  return seconds % 60 === 0 ? `${seconds / 60} minutes` : `${seconds} seconds`;
}

interface Lifetime {
  readonly key: string;
  readonly setting: string;
  readonly standard: number;
  readonly longest: number;
  readonly tooLong: number;
  readonly danger: string;
}

const ACCESS: Lifetime = {
  key: 'ACCESS_TOKEN_LIFETIME',
  setting: 'ACCESS_TOKEN_SECONDS',
  standard: DEFAULT_ACCESS,
  longest: DAY,
  tooLong: 3_600,
  danger: 'Django never looks an access token up, so nobody can be locked out sooner.',
};

const REFRESH: Lifetime = {
  key: 'REFRESH_TOKEN_LIFETIME',
  setting: 'REFRESH_TOKEN_SECONDS',
  standard: DEFAULT_REFRESH,
  longest: LONGEST_TOKEN_SECONDS,
  tooLong: 30 * DAY,
  danger: 'a stolen one is good for as long.',
};

/** Maps a lifetime and says what is wrong with it. Seconds; undefined when it could not be read. */
function judgeLifetime(subject: Subject, kind: Lifetime, into: Diagnosis): number | undefined {
  const found = look(subject, inJwt(kind.key), asSeconds);
  if (saidUnknown(found, into)) {
    into.env.push({
      name: kind.setting,
      example: String(kind.standard),
      comment: `${found.name} at ${found.at} could not be read`,
    });
    return undefined;
  }
  const given = found.value ?? kind.standard;
  const seconds = Math.max(1, Math.min(kind.longest, Math.floor(given)));
  const note = seconds === given ? '' : ` (Latchkey takes 1 to ${kind.longest} whole seconds)`;
  const value = found.state === 'missing' ? `not set: ${days(given)}` : days(given);
  into.mapped.push({
    django: found.name,
    at: found.at,
    value,
    latchkey: `${kind.setting}=${seconds}${note}`,
  });
  into.env.push({
    name: kind.setting,
    value: String(seconds),
    ...(found.environment && { comment: `unless ${found.environment} says otherwise at Django` }),
  });
  if (given > kind.tooLong)
    into.faults.push({
      severity: 'warning',
      at: found.at,
      what: `${found.name} is ${days(given)}: ${kind.danger}`,
      todo: `Set ${kind.setting} to less once everybody has moved, such as ${kind.standard === DAY ? 14 * DAY : 300}.`,
    });
  return given;
}

function judgeRotation(subject: Subject, into: Diagnosis): void {
  const rotate = look(subject, inJwt('ROTATE_REFRESH_TOKENS'), asBool);
  const blacklist = look(subject, inJwt('BLACKLIST_AFTER_ROTATION'), asBool);
  const apps = look(subject, ['INSTALLED_APPS'], asSomeTexts);
  saidUnknown(rotate, into);
  saidUnknown(blacklist, into);
  into.mapped.push({
    django: rotate.name,
    at: rotate.at,
    value:
      rotate.state === 'missing' ? 'not set: False' : rotate.state === 'unknown' ? 'unknown' : shown(rotate),
    latchkey:
      rotate.value === true
        ? 'always so'
        : 'always True: clients have to keep the refresh token of each answer',
  });
  if (rotate.value === true && blacklist.value !== true && blacklist.state !== 'unknown')
    into.faults.push({
      severity: 'warning',
      at: rotate.at,
      what: 'ROTATE_REFRESH_TOKENS is on and BLACKLIST_AFTER_ROTATION is not: every old refresh token stays good, and a stolen one is never noticed.',
      todo: 'Nothing in Latchkey: there a used token ends its session when it is used again.',
    });
  const hasApp = apps.value?.includes('rest_framework_simplejwt.token_blacklist');
  if (blacklist.value === true && apps.state === 'known' && !hasApp && isWholeList(subject))
    into.faults.push({
      severity: 'warning',
      at: blacklist.at,
      what: 'BLACKLIST_AFTER_ROTATION is on, and rest_framework_simplejwt.token_blacklist is not in INSTALLED_APPS: nothing is blacklisted, and no token is on record.',
      todo: 'The import finds no tokens. Leave DJANGO_TOKENS on a date, so that tokens that were never recorded are taken over.',
    });
}

const isWholeList = (subject: Subject) => {
  const apps = subject.values.get('INSTALLED_APPS');
  return apps?.kind === 'list' && apps.isWhole;
};

const RULE = 'rest_framework_simplejwt.authentication.default_user_authentication_rule';

function judgeRule(subject: Subject, into: Diagnosis): void {
  const rule = look(subject, inJwt('USER_AUTHENTICATION_RULE'), asDotted);
  if (saidUnknown(rule, into) || rule.value === undefined || rule.value === RULE) return;
  const last = rule.value.split('.').at(-1) ?? '';
  // Classes are written in capitals, functions are not: nothing else of the class is known here.
  if (/^_*\p{Lu}\w*\p{Ll}/u.test(last))
    into.faults.push({
      severity: 'serious',
      at: rule.at,
      what: `USER_AUTHENTICATION_RULE names the class ${last} where a function belongs: every failed login is a 500.`,
      todo: `Take it out of Django, or name ${RULE}. Latchkey answers 401.`,
    });
  else
    into.notMapped.push({
      django: rule.name,
      at: rule.at,
      why: `who may log in is decided by ${last}; in Latchkey it is every active account.`,
      isUnknown: false,
    });
}

/** The day until which tokens that were never recorded may turn up: the last one made today has expired then. */
function judgeTakeover(refresh: number | undefined, today: number, subject: Subject, into: Diagnosis): void {
  if (!usesSimpleJwt(subject)) {
    into.notMapped.push({
      django: 'SIMPLE_JWT',
      at: undefined,
      why: 'SimpleJWT is not seen: there are no tokens to take over, everybody logs in anew.',
      isUnknown: false,
    });
    return void into.env.push({ name: 'DJANGO_TOKENS', value: 'off', comment: 'SimpleJWT is not seen' });
  }
  const longest = Math.min(refresh ?? BELIEVED, 10 * LONGEST_TOKEN_SECONDS);
  const until = new Date(today + (Math.max(0, longest) + DAY) * 1000).toISOString().slice(0, 10);
  into.env.push({
    name: 'DJANGO_TOKENS',
    value: until,
    comment:
      'until then tokens of Django that were never recorded are taken over: the day you switch plus REFRESH_TOKEN_LIFETIME',
  });
  if (longest > BELIEVED)
    into.env.push({
      name: 'DJANGO_TOKEN_MAX_SECONDS',
      value: String(Math.ceil(longest)),
      comment: 'the lifetime of the refresh tokens that are out there',
    });
}

/** Lifetimes, rotation and the rule of SimpleJWT. `today`: milliseconds since 1970. */
export function judgeTokens(subject: Subject, today: number, into: Diagnosis): void {
  let refresh: number | undefined;
  if (usesSimpleJwt(subject)) {
    judgeLifetime(subject, ACCESS, into);
    refresh = judgeLifetime(subject, REFRESH, into);
    judgeRotation(subject, into);
    judgeRule(subject, into);
  }
  judgeTakeover(refresh, today, subject, into);
}
