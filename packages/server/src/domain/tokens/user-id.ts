/**
 * The account id in a token's `user_id` claim, or `undefined` when it is none: a safe positive integer or its one
 * canonical decimal string. SimpleJWT 5.2 and 5.3 write the number, 5.5 the string. Stricter than Django, which also
 * finds account 1 by `" 1 "`, `1.5` and `true`.
 */
export function readUserId(claim: unknown): number | undefined {
  const id = typeof claim === 'string' && /^[1-9][0-9]{0,15}$/.test(claim) ? Number(claim) : claim;
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : undefined;
}
