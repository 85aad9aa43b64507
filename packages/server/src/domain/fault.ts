/** One thing wrong with one field. `http/words.ts` says it in REST framework's words. */
export type Fault =
  | { readonly code: 'username_taken' }
  | { readonly code: 'email_taken' }
  | { readonly code: 'passwords_differ' }
  | { readonly code: 'password_too_short'; readonly minimum: number }
  | { readonly code: 'password_too_common' }
  | { readonly code: 'password_entirely_numeric' }
  | { readonly code: 'password_breached' }
  | { readonly code: 'password_wrong' }
  | { readonly code: 'password_too_similar'; readonly to: string };
