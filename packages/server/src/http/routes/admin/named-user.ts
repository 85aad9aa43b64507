/** An account that something names; the name is null when the account is gone. */
export function namedUser(user: { readonly id: number; readonly username: string | undefined } | undefined) {
  return user === undefined ? null : { id: user.id, username: user.username ?? null };
}

export const NAMED_USER = {
  type: ['object', 'null'],
  required: ['id', 'username'],
  properties: {
    id: { type: 'integer' },
    username: { type: ['string', 'null'], description: 'null when the account is gone' },
  },
} as const;
