import { addressText, type Config } from '../../config.ts';
import { ownerOfLogin } from '../accounts/login-name.ts';
import type { App } from '../app.ts';
import type { Account, Store } from '../store.ts';
import { isEmailAddress } from './address.ts';
import { stateOf } from './change.ts';
import {
  hashOfToken,
  isWayBack,
  LINK_LIFETIME,
  type LinkPurpose,
  type NewLink,
  newLinkToken,
  uidOf,
} from './link.ts';
import type { Language, Letter, Message, MessageKind } from './message.ts';
import { render } from './render.ts';

type Needs = Pick<App, 'store' | 'clock' | 'config' | 'random' | 'mail'>;

type LinkNeeds = Omit<Needs, 'mail'>;

const PATTERN = {
  verify_email: 'activationPath',
  reset_password: 'passwordResetPath',
  change_email: 'emailChangePath',
  revert_email: 'emailRevertPath',
  reset_email: 'emailResetPath',
  reset_username: 'usernameResetPath',
  take_back_account: 'accountTakeBackPath',
  set_up: 'passwordResetPath',
} as const satisfies Partial<Record<LinkPurpose, keyof Config>>;

/** Where links in mails lead; never anything that a request said. Without a front end that is the account pages, where they are on. */
export function frontOf({ frontendUrl, publicUrl, host, port, accountUi }: Config): string {
  if (frontendUrl !== undefined) return frontendUrl;
  // The address that the start of a development server tells: a browser's login there is of no use at another.
  const name = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host;
  const here = publicUrl ?? `http://${addressText({ host: name, port })}`;
  return accountUi === 'on' ? `${here}/account` : here;
}

type WithLink = keyof typeof PATTERN;

const hasLink = (kind: MessageKind): kind is MessageKind & WithLink => kind in PATTERN;

/** A link that is stored nowhere yet, and the address of the page that it leads to. */
function drawLink(
  { random, clock, config }: LinkNeeds,
  purpose: WithLink,
  userId: number,
  email: string,
): { readonly address: string; readonly link: NewLink } {
  const token = newLinkToken(random);
  const expiresAt = clock.now() + LINK_LIFETIME[purpose];
  const path = config[PATTERN[purpose]].replaceAll('{uid}', uidOf(userId)).replaceAll('{token}', token);
  const link = { userId, purpose, email, tokenHash: hashOfToken(token), expiresAt };
  return { address: `${frontOf(config)}/${path}`, link };
}

/**
 * Makes the account's link of this purpose, in the place of any before it, and gives its address. `email`: what it is bound
 * to; `''` for one that goes another way than by mail.
 */
export async function newLink(
  app: LinkNeeds,
  purpose: WithLink,
  userId: number,
  email: string,
): Promise<string> {
  const { address, link } = drawLink(app, purpose, userId, email);
  await app.store.links.issue(link);
  return address;
}

/** The link of a mail; undefined when it is a way back that was voided meanwhile. */
async function linkFor(
  app: LinkNeeds,
  purpose: WithLink,
  userId: number,
  email: string,
): Promise<string | undefined> {
  if (!isWayBack(purpose)) return newLink(app, purpose, userId, email);
  const { address, link } = drawLink(app, purpose, userId, email);
  return (await app.store.links.renew(link)) ? address : undefined;
}

async function accountOf(store: Store, { to, values }: Message): Promise<Account | undefined> {
  if (values.userId !== undefined) return store.accounts.byId(values.userId);
  return ownerOfLogin(to, 'email', await store.accounts.claimantsOf(to));
}

/** The address that the mail goes to, or undefined when there is no reason for it (any more). */
async function recipientOf(
  store: Store,
  { kind, to, values }: Message,
  account: Account,
): Promise<string | undefined> {
  switch (kind) {
    case 'verify_email':
      return account.isActive && !account.profile.verified ? account.email : undefined;
    case 'reset_password':
      // as Django: who was given no password logs in by other means
      return account.isActive && !account.password.startsWith('!') ? account.email : undefined;
    case 'reset_email':
    case 'reset_username':
    case 'set_up':
      return account.isActive ? account.email : undefined;
    case 'take_back_account':
      return account.isActive ? undefined : to;
    case 'change_email': {
      const isFree = (await store.accounts.claimantsOf(to)).every(({ id }) => id === account.id);
      return account.isActive && isFree && stateOf(account) === values.state ? to : undefined;
    }
    case 'already_registered':
      return account.email;
    default:
      return to;
  }
}

/** The day of an instant in UTC, as it is written in the language. */
function dayIn(language: Language, at: number | undefined): string {
  const days = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' });
  return at === undefined ? '' : days.format(at);
}

interface Addressed {
  readonly to: string;
  readonly account: Account;
  readonly link: string;
}

/**
 * Who gets the mail, and its link. In one transaction that has the account to itself: else a link could be made of what is being
 * voided.
 */
function addressed(app: Needs, message: Message): Promise<Addressed | undefined> {
  const { kind } = message;
  return app.store.transaction(async (store) => {
    const found = await accountOf(store, message);
    if (found === undefined) return undefined;
    await store.rights.lockAccount(found.id);
    const account = await store.accounts.byId(found.id);
    const to = account && (await recipientOf(store, message, account));
    if (account === undefined || to === undefined || !isEmailAddress(to)) return undefined;
    const link = hasLink(kind) ? await linkFor({ ...app, store }, kind, account.id, to) : '';
    return link === undefined ? undefined : { to, account, link };
  });
}

/**
 * Writes a mail, with its link if it has one. Undefined when there is no reason for it (any more): an address or an account that
 * nobody has, one that is active or inactive where the mail is for the other, an address that is verified already, a link that was voided.
 */
export async function writeLetter(app: Needs, message: Message): Promise<Letter | undefined> {
  const found = await addressed(app, message);
  if (found === undefined) return undefined;
  const { to, account, link } = found;
  const { kind, language, values } = message;
  const site = new URL(frontOf(app.config)).host;
  const texts = render(
    kind,
    language,
    { site, link, email: account.email, ip: values.ip ?? '', date: dayIn(language, values.eraseAt) },
    app.mail.templates,
  );
  return { to, ...texts };
}
