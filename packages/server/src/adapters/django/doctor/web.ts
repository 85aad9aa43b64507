import type { Diagnosis, EnvLine } from './diagnosis.ts';
import { asBool, asSomeTexts, asTexts, type Found, look, type Subject, saidUnknown, shown } from './look.ts';

/** The newer name of a setting of django-cors-headers, or its older one. */
function either<T>(
  subject: Subject,
  names: readonly string[],
  read: (value: Parameters<typeof asBool>[0]) => T | undefined,
): Found<T> {
  const found = names.map((name) => look(subject, [name], read));
  return found.find(({ state }) => state !== 'missing') ?? (found[0] as Found<T>);
}

const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text;

function openToAll(all: Found<boolean>, subject: Subject, into: Diagnosis): EnvLine {
  const credentials = look(subject, ['CORS_ALLOW_CREDENTIALS'], asBool);
  const isWithCookies = credentials.value === true;
  into.mapped.push({ django: all.name, at: all.at, value: shown(all), latchkey: 'CORS_ORIGINS=*' });
  into.faults.push({
    severity: isWithCookies ? 'serious' : 'warning',
    at: all.at,
    what: isWithCookies
      ? `${all.name} and CORS_ALLOW_CREDENTIALS are on: every page in the world may use the cookies of whoever looks at it.`
      : `${all.name} is on: every page in the world may call the API.`,
    todo: 'List your front ends in CORS_ORIGINS.',
  });
  return {
    name: 'CORS_ORIGINS',
    value: '*',
    comment: 'WARNING: any page, as before. List your front ends instead: https://app.example.com,https://…',
  };
}

function listed(origins: Found<readonly string[]>, into: Diagnosis): EnvLine {
  const given = (origins.value ?? []).map((origin) => origin.replace(/\/$/, ''));
  const good = given.filter(isOrigin);
  const value = good.join(',') || 'none';
  into.mapped.push({
    django: origins.name,
    at: origins.at,
    value: shown(origins),
    latchkey: `CORS_ORIGINS=${value}`,
  });
  const odd = given.filter((origin) => !isOrigin(origin));
  if (odd.length > 0)
    into.notMapped.push({
      django: origins.name,
      at: origins.at,
      why: `${odd.join(', ')}: Latchkey wants origins with http:// or https:// and no path.`,
      isUnknown: false,
    });
  return {
    name: 'CORS_ORIGINS',
    value,
    ...(origins.environment && { comment: `unless ${origins.environment} says otherwise at Django` }),
  };
}

function judgeCors(subject: Subject, into: Diagnosis): EnvLine {
  const all = either(subject, ['CORS_ALLOW_ALL_ORIGINS', 'CORS_ORIGIN_ALLOW_ALL'], asBool);
  const origins = either(subject, ['CORS_ALLOWED_ORIGINS', 'CORS_ORIGIN_WHITELIST'], asTexts);
  for (const name of [
    'CORS_ALLOWED_ORIGIN_REGEXES',
    'CORS_ORIGIN_REGEX_WHITELIST',
    'CORS_URLS_REGEX',
    'CORS_ALLOW_HEADERS',
    'CORS_ALLOW_METHODS',
    'CORS_EXPOSE_HEADERS',
  ]) {
    const value = subject.values.get(name);
    if (value === undefined) continue;
    const why = name.includes('ORIGIN')
      ? 'Latchkey takes exact origins alone: list them in CORS_ORIGINS.'
      : 'it cannot be changed in Latchkey.';
    into.notMapped.push({ django: name, at: subject.placeText(value.at), why, isUnknown: false });
  }
  const isUnknown = [saidUnknown(all, into), saidUnknown(origins, into)].includes(true);
  if (all.value === true) return openToAll(all, subject, into);
  if (isUnknown)
    return {
      name: 'CORS_ORIGINS',
      example: 'https://app.example.com',
      comment: 'the settings of Django could not be read',
    };
  if (origins.state === 'known') return listed(origins, into);
  into.mapped.push({ django: origins.name, at: undefined, value: 'not set', latchkey: 'CORS_ORIGINS=none' });
  return { name: 'CORS_ORIGINS', value: 'none' };
}

const isLocal = (host: string) =>
  /^(localhost|.*\.localhost|127\.[\d.]+|0\.0\.0\.0|\[?::1\]?|testserver)(:\d+)?$/.test(host);
const isHost = (host: string) =>
  /^[a-z\d]([a-z\d.-]*[a-z\d])?(:\d+)?$/i.test(host) && !/^\d+(\.\d+){3}$/.test(host);

function judgeHosts(subject: Subject, into: Diagnosis): EnvLine {
  const hosts = look(subject, ['ALLOWED_HOSTS'], asSomeTexts);
  const example = 'https://auth.example.com';
  const open: EnvLine = {
    name: 'PUBLIC_URL',
    example,
    comment: 'has to be filled in: the address the world knows the server by',
  };
  if (saidUnknown(hosts, into)) return open;
  const names = hosts.value ?? [];
  if (names.includes('*'))
    into.faults.push({
      severity: 'warning',
      at: hosts.at,
      what: 'ALLOWED_HOSTS takes every host (*): links are made from whatever name a stranger sends.',
      todo: 'Set PUBLIC_URL: Latchkey answers to that name alone.',
    });
  const own = names
    .filter((host) => !isLocal(host))
    .map((host) => host.replace(/^\./, ''))
    .filter(isHost);
  const [first] = own;
  if (first === undefined) {
    into.notMapped.push({
      django: 'ALLOWED_HOSTS',
      at: hosts.at,
      why: `${names.join(', ') || 'empty'}: no name for PUBLIC_URL can be taken from it.`,
      isUnknown: false,
    });
    return open;
  }
  into.mapped.push({
    django: 'ALLOWED_HOSTS',
    at: hosts.at,
    value: shown(hosts),
    latchkey: `PUBLIC_URL=https://${first}`,
  });
  if (own.length > 1)
    into.notMapped.push({
      django: 'ALLOWED_HOSTS',
      at: hosts.at,
      why: `${own.slice(1).join(', ')}: Latchkey has one public name.`,
      isUnknown: false,
    });
  return { name: 'PUBLIC_URL', value: `https://${first}`, comment: 'a proposal from ALLOWED_HOSTS' };
}

function judgeDebug(subject: Subject, into: Diagnosis): void {
  const debug = look(subject, ['DEBUG'], asBool);
  if (saidUnknown(debug, into) && debug.environment === undefined) return;
  if (debug.value !== true) return;
  into.faults.push({
    severity: debug.environment === undefined ? 'serious' : 'warning',
    at: debug.at,
    what: `DEBUG is on${debug.environment === undefined ? '' : ` when ${debug.environment} is not set`}: every error shows strangers the settings and the code.`,
    todo: 'Nothing in Latchkey: `latchkey serve` shows no insides.',
  });
}

function judgeThrottle(subject: Subject, into: Diagnosis): void {
  const classes = look(subject, ['REST_FRAMEWORK', 'DEFAULT_THROTTLE_CLASSES'], asSomeTexts);
  const rates = look(subject, ['REST_FRAMEWORK', 'DEFAULT_THROTTLE_RATES'], (value) =>
    value.kind === 'dict' ? [...value.entries.keys()] : undefined,
  );
  if (saidUnknown(classes, into) || saidUnknown(rates, into)) return;
  for (const found of [classes, rates])
    if (found.value?.length)
      into.notMapped.push({
        django: found.name,
        at: found.at,
        why: `${shown(found)}: limits are not taken over. See the README, "In production".`,
        isUnknown: false,
      });
  if (!classes.value?.length && !rates.value?.length)
    into.faults.push({
      severity: 'warning',
      at: undefined,
      what: 'No throttle is set: passwords can be tried as fast as the server answers.',
      todo: 'Latchkey limits them: docs/limits.md. Name your proxy in TRUSTED_PROXIES.',
    });
}

function judgeCookies(subject: Subject, into: Diagnosis): void {
  const cookie = look(subject, ['SIMPLE_JWT', 'AUTH_COOKIE'], (value) =>
    value.kind === 'text' ? value.value : undefined,
  );
  const isSecure = look(subject, ['SIMPLE_JWT', 'AUTH_COOKIE_SECURE'], asBool);
  if (cookie.value === undefined) return;
  into.notMapped.push({
    django: cookie.name,
    at: cookie.at,
    why: 'Latchkey puts tokens into answers, never into cookies.',
    isUnknown: false,
  });
  if (isSecure.value !== true && isSecure.state !== 'unknown')
    into.faults.push({
      severity: 'warning',
      at: isSecure.at ?? cookie.at,
      what: 'Tokens travel in a cookie that is not marked secure: http shows them to everybody on the way.',
      todo: 'Nothing in Latchkey: it sets no cookies.',
    });
}

/** Names, origins, limits and what strangers see. */
export function judgeWeb(subject: Subject, into: Diagnosis): void {
  into.env.push(judgeHosts(subject, into), judgeCors(subject, into));
  judgeDebug(subject, into);
  judgeThrottle(subject, into);
  judgeCookies(subject, into);
}
