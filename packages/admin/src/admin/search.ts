/** What an address may say of what is looked at. Anything else in it is left out. */
export type Search<Key extends string> = { readonly [key in Key]?: string | undefined };

/** Parameters that each list understands, and the API with it. */
const PAGING = ['ordering', 'cursor', 'page_size'] as const;

export const USER_FILTERS = [
  'search',
  'is_active',
  'is_staff',
  'is_superuser',
  'verified',
  'has_usable_password',
  'hash',
  'group',
  'last_login',
  'last_login_after',
  'last_login_before',
  'joined_after',
  'joined_before',
] as const;

export const USER_KEYS = [...USER_FILTERS, ...PAGING] as const;
export const USER_TABS = ['tab', 'cursor'] as const;
export const TOKEN_KEYS = ['search', 'state', 'cursor', 'page_size'] as const;
export const AUDIT_FILTERS = ['actor', 'user', 'event', 'since', 'until', 'request_id'] as const;
export const AUDIT_KEYS = [...AUDIT_FILTERS, 'cursor', 'page_size'] as const;

/** Takes what is known from a query string. */
export const pick =
  <const Key extends string>(keys: readonly Key[]) =>
  (search: Record<string, unknown>): Search<Key> =>
    Object.fromEntries(
      keys.flatMap((key) => {
        const value = search[key];
        return typeof value === 'string' && value !== '' ? [[key, value]] : [];
      }),
    ) as Search<Key>;
