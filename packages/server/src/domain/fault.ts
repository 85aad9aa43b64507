/** One thing wrong with one field. `http/words.ts` says it in REST framework's words. */
export type Fault =
  | { readonly code: 'username_taken' }
  | { readonly code: 'username_like_email' }
  | { readonly code: 'account_unknown' }
  | { readonly code: 'choice_unknown' }
  | { readonly code: 'not_a_boolean' }
  | { readonly code: 'email_taken' }
  | { readonly code: 'email_missing' }
  | { readonly code: 'account_inactive' }
  | { readonly code: 'cursor_invalid' }
  | { readonly code: 'not_a_choice'; readonly choices: readonly string[] }
  | { readonly code: 'already_verified' }
  | { readonly code: 'password_wrong' }
  /** of a link: it names no account, or is not that account's */
  | { readonly code: 'uid_wrong' }
  | { readonly code: 'token_wrong' }
  | { readonly code: 'passwords_differ' }
  | { readonly code: 'password_too_short'; readonly minimum: number }
  | { readonly code: 'password_too_long' }
  | { readonly code: 'password_too_common' }
  | { readonly code: 'password_entirely_numeric' }
  | { readonly code: 'password_breached' }
  | { readonly code: 'picture_not_a_file' }
  | { readonly code: 'picture_empty' }
  | { readonly code: 'picture_unreadable' }
  | { readonly code: 'picture_animated' }
  | { readonly code: 'picture_too_large'; readonly bytes: number }
  | { readonly code: 'picture_too_wide'; readonly side: number }
  | { readonly code: 'pictures_off' }
  | { readonly code: 'group_name_taken' }
  | { readonly code: 'group_unknown'; readonly id: number }
  | { readonly code: 'password_too_similar'; readonly to: string };
