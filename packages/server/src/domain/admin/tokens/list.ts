import type { App } from '../../app.ts';
import { accountsMeant } from '../accounts-meant.ts';
import type { Page, PageRequest } from '../page.ts';
import type { Staff } from '../staff.ts';
import type { ListedToken, TokenFilter, TokenKey } from './token-store.ts';

type Needs = Pick<App, 'store' | 'clock'>;

/** The key that a token is found again by in a list with this filter. */
export const keyOfToken =
  ({ state }: Pick<TokenFilter, 'state'>) =>
  ({ jti, openedAt, expiresAt, blacklistedAt, sessionId }: ListedToken): TokenKey => [
    state === 'blacklisted' ? (blacklistedAt ?? 0) : (openedAt ?? expiresAt),
    sessionId ?? jti,
  ];

/** Is the token in the state at the instant? Without a state every one is. */
function isIn({ blacklistedAt, expiresAt }: ListedToken, state: TokenFilter['state'], now: number): boolean {
  if (state === 'blacklisted') return blacklistedAt !== undefined;
  return state === undefined || (blacklistedAt === undefined && expiresAt > now);
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
  const userIds = await accountsMeant(app.store.accounts, search);
  if (userIds.length > 0) return app.store.tokens.list({ state, userIds }, page, now);
  const found = await app.store.tokens.find(search);
  const token = found && (await app.store.tokens.one(found));
  const results = token !== undefined && isIn(token, state, now) ? [token] : [];
  return { results, hasNext: false, hasPrevious: false };
}
