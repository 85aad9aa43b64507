import type { Config } from './config.ts';
import { Secret } from './secret.ts';
import { fault, inBoth, oneOf, type Reader, readPublicUrl, type Setting, type SettingOf } from './setting.ts';

const readMailUrl: Reader<Secret | undefined> = (text) => {
  if (text === 'none') return undefined;
  const isServer = URL.canParse(text) && /^smtps?:$/.test(new URL(text).protocol) && new URL(text).hostname;
  return isServer
    ? new Secret(text)
    : fault('must be smtp://user:password@host:587, smtps://user:password@host or none');
};

/** An address, alone or behind a name: `Example <noreply@example.com>`. */
const readSender: Reader<string | undefined> = (text) => {
  if (text === 'none') return undefined;
  return /^(?:[^<>"\p{Cc}]+ <[^\s<>"\p{Cc}]+@[^\s<>"\p{Cc}]+>|[^\s<>"\p{Cc}]+@[^\s<>"\p{Cc}]+)$/u.test(text)
    ? text
    : fault(`must be an address, or a name and one: Example <noreply@example.com>, not "${text}"`);
};

const readFolder: Reader<string | undefined> = (text) => {
  if (text === 'none') return undefined;
  return /\p{Cc}/u.test(text) ? fault('must be the path of a folder') : text;
};

/** djoser's patterns: a path with `{token}` and, where it is wanted, `{uid}`. */
const readPattern: Reader<string> = (text) =>
  /^[^\s\p{Cc}<>"'\\]+$/u.test(text) && text.includes('{token}') && !/^[a-z]+:|^\/\//i.test(text)
    ? text.replace(/^\//, '')
    : fault(
        `must be a path below FRONTEND_URL with {token} in it, such as verify/{uid}/{token}, not "${text}"`,
      );

const pattern = (name: string, purpose: string, path: string): Setting<string> => ({
  name,
  about: `Where the link in a mail leads that ${purpose}: a path below FRONTEND_URL, as djoser has it.`,
  fallback: inBoth(path),
  read: readPattern,
});

type MailKey =
  | 'mailUrl'
  | 'mailFrom'
  | 'mailTemplates'
  | 'frontendUrl'
  | 'activationPath'
  | 'passwordResetPath'
  | 'emailChangePath'
  | 'emailRevertPath'
  | 'emailResetPath'
  | 'usernameResetPath'
  | 'accountTakeBackPath'
  | 'loginNeedsVerifiedEmail'
  | 'registrationTellsTakenEmail';

/** The settings about mail. */
export const MAIL_SETTINGS: { readonly [K in MailKey]: SettingOf<Config[K]> } = {
  mailUrl: {
    name: 'MAIL_URL',
    about:
      'The mail server: `smtp://user:password@host:587` or `smtps://user:password@host`. Without it `dev` keeps mails in its inbox, and `serve` writes them to its standard output. See [mail.md](mail.md).',
    fallback: inBoth('none'),
    read: readMailUrl,
    isSecret: true,
  },
  mailFrom: {
    name: 'MAIL_FROM',
    about: 'Who mails are from: an address, or `Example <noreply@example.com>`.',
    fallback: inBoth('none'),
    fallbackWords: '`noreply@` and the host of PUBLIC_URL',
    read: readSender,
  },
  mailTemplates: {
    name: 'MAIL_TEMPLATES',
    about: 'A folder with texts of your own for mails. See [mail.md](mail.md).',
    fallback: inBoth('none'),
    read: readFolder,
  },
  frontendUrl: {
    name: 'FRONTEND_URL',
    about: 'Where the links in mails lead: the address of your application. Never taken from a request.',
    fallback: inBoth('none'),
    fallbackWords: 'the account pages where ACCOUNT_UI is on, else PUBLIC_URL',
    read: (text) => (text === 'none' ? undefined : readPublicUrl(text)),
  },
  activationPath: pattern('ACTIVATION_URL', 'verifies an address', 'activate/{uid}/{token}'),
  passwordResetPath: pattern(
    'PASSWORD_RESET_CONFIRM_URL',
    'sets a new password',
    'password/reset/confirm/{uid}/{token}',
  ),
  emailChangePath: pattern('EMAIL_CHANGE_CONFIRM_URL', 'changes the address', 'email/change/{uid}/{token}'),
  emailRevertPath: pattern('EMAIL_REVERT_URL', 'takes such a change back', 'email/revert/{uid}/{token}'),
  emailResetPath: pattern(
    'EMAIL_RESET_CONFIRM_URL',
    'asks for a new address without a password',
    'email/reset/confirm/{uid}/{token}',
  ),
  usernameResetPath: pattern(
    'USERNAME_RESET_CONFIRM_URL',
    'sets a new user name',
    'username/reset/confirm/{uid}/{token}',
  ),
  accountTakeBackPath: pattern(
    'ACCOUNT_TAKE_BACK_URL',
    'takes a deleted account back',
    'take-back/{uid}/{token}',
  ),
  loginNeedsVerifiedEmail: {
    name: 'LOGIN_NEEDS_VERIFIED_EMAIL',
    about:
      '`on` lets nobody log in whose e-mail is not verified, and nobody register without one. Superusers are let in.',
    fallback: inBoth('off'),
    read: oneOf('off', 'on'),
  },
  registrationTellsTakenEmail: {
    name: 'REGISTRATION_TELLS_TAKEN_EMAIL',
    about:
      '`off` answers a registration with the e-mail of somebody else like any other, and writes a mail to that person. A login by e-mail then does not tell that the address is not verified, and no user name has an @. Needs LOGIN_NEEDS_VERIFIED_EMAIL.',
    fallback: inBoth('on'),
    read: oneOf('on', 'off'),
  },
};
