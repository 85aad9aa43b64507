import type { Diagnosis } from './diagnosis.ts';
import { asSomeTexts, look, type Subject, saidUnknown } from './look.ts';

/** Apps that do something about accounts, by the beginning of their name, and what becomes of it. */
const APPS: readonly (readonly [string, string])[] = [
  [
    'djoser',
    'its endpoints below /auth/ are not all there yet: compare the list at / of a running Latchkey.',
  ],
  ['allauth', 'logins with other services are not there yet; its tables are not imported.'],
  ['dj_rest_auth', 'its endpoints have other paths than those of SimpleJWT: clients have to change.'],
  ['rest_framework.authtoken', 'its tokens never expire and are not taken over: clients log in anew.'],
  ['knox', 'its tokens are not taken over: clients log in anew.'],
  ['oauth2_provider', 'Latchkey is no OAuth server.'],
  ['social_django', 'logins with other services are not there yet; its tables are not imported.'],
  ['django_otp', 'second factors are not imported: who has one has to set it up anew.'],
  ['two_factor', 'second factors are not imported: who has one has to set it up anew.'],
  ['axes', 'locks after failed logins are not taken over.'],
  ['guardian', 'permissions on single objects are not imported.'],
];

/** Settings outside SimpleJWT that Latchkey has nothing for. */
const OTHERS: readonly (readonly [string, string])[] = [
  [
    'AUTHENTICATION_BACKENDS',
    'who is let in by another backend than the password is not let in by Latchkey.',
  ],
  ['DJOSER', 'the options of djoser are not read.'],
  ['MEDIA_URL', 'images are not served yet; keep serving them where they are.'],
  ['SECURE_SSL_REDIRECT', 'the proxy in front of Latchkey does that.'],
  ['SECURE_HSTS_SECONDS', 'Latchkey sends HSTS by itself when PUBLIC_URL begins with https.'],
  ['SESSION_COOKIE_SECURE', 'Latchkey sets no cookies.'],
  ['CSRF_COOKIE_SECURE', 'Latchkey sets no cookies.'],
  ['CSRF_TRUSTED_ORIGINS', 'Latchkey sets no cookies, so there is nothing to forge.'],
];

function notMapped(subject: Subject, name: string, why: string, into: Diagnosis): void {
  const value = subject.values.get(name);
  if (value !== undefined)
    into.notMapped.push({ django: name, at: subject.placeText(value.at), why, isUnknown: false });
}

/** Installed apps, mail and what else surrounds logins. */
export function judgeSurroundings(subject: Subject, into: Diagnosis): void {
  const apps = look(subject, ['INSTALLED_APPS'], asSomeTexts);
  saidUnknown(apps, into);
  for (const [app, why] of APPS)
    if (apps.value?.some((name) => name === app || name.startsWith(`${app}.`)))
      into.notMapped.push({ django: `INSTALLED_APPS: ${app}`, at: apps.at, why, isUnknown: false });
  for (const [name, why] of OTHERS) notMapped(subject, name, why, into);
  const mail = [...subject.values.keys()].find((name) => name.startsWith('EMAIL_'));
  if (mail !== undefined)
    notMapped(subject, mail, 'and the other EMAIL_ settings: Latchkey sends no mail yet.', into);
}
