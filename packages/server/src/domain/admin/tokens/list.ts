import type { App } from '../../app.ts';
import type { Page, PageRequest } from '../page.ts';
import type { Staff } from '../staff.ts';
import type { ListedToken, TokenFilter, TokenKey } from './token-store.ts';

type Needs = Pick<App, 'store' | 'clock'>;

/** The key that a token is found again by in a list with this filter. */
export const keyOfToken =
  ({ state }: Pick<TokenFilter, 'state'>) =>
  ({ jti, expiresAt, blacklistedAt }: ListedToken): TokenKey => [
    state === 'blacklisted' ? (blacklistedAt ?? 0) : expiresAt,
    jti,
  ];

/** Whose id, user name or e-mail it is. Digits may be both an id and a name. */
async function accountsBy({ accounts }: App['store'], text: string): Promise<readonly number[]> {
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : undefined;
  const named = await accounts.byLoginName(text);
  return [...new Set([...(id === undefined ? [] : [id]), ...(named === undefined ? [] : [named.id])])];
}

/** The one token that a jti or the id of a session names, if it is in the state. */
async function oneToken({ store, clock }: Needs, text: string, { state }: TokenFilter) {
  const found = await store.tokens.find(text);
  const token = found && (await store.tokens.one(found));
  if (token === undefined) return [];
  const now = clock.now();
  const states = { outstanding: token.blacklistedAt === undefined && token.expiresAt > now };
  const isIn = state === 'blacklisted' ? token.blacklistedAt !== undefined : states.outstanding;
  return state === undefined || isIn ? [token] : [];
}

/**
 * Refresh tokens of sessions and of Django in one list. `search` is an account by its id, user name or e-mail, or a token by
 * its jti or the id of its session; each of them whole.
 */
export async function listTokens(
  app: Needs,
  _staff: Staff,
  { search, state }: { readonly search?: string | undefined } & Pick<TokenFilter, 'state'>,
  page: PageRequest<TokenKey>,
): Promise<Page<ListedToken>> {
  const now = app.clock.now();
  if (search === undefined || search === '') return app.store.tokens.list({ state }, page, now);
  const userIds = await accountsBy(app.store, search);
  if (userIds.length > 0) return app.store.tokens.list({ state, userIds }, page, now);
  return { results: await oneToken(app, search, { state }), hasNext: false, hasPrevious: false };
}
