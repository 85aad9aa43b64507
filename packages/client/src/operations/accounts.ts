// Printed from contract/openapi.json by scripts/client-types.mjs (npm run openapi). Not to be edited.

/** What can be asked of a server, the chapter "Accounts". */
export interface AccountsOperations {
  GET: {
    /** Show the profile of the caller */
    '/api/profile/': {
      answer: { username: string; email: string; full_name: string; bio: string; image: string; image_url: string | null; verified: boolean };
    };
    /** Give all that is held about the caller */
    '/api/account/export/': {
      answer: { exported_at: string; account: Record<string, unknown>; profile: Record<string, unknown>; sessions: readonly (Record<string, unknown>)[]; admin_sessions: readonly (Record<string, unknown>)[]; django_tokens: readonly (Record<string, unknown>)[]; mails: readonly (Record<string, unknown>)[]; links: readonly (Record<string, unknown>)[]; events: readonly (Record<string, unknown>)[] };
    };
    /** List accounts: for staff the first 10,000, otherwise only that of the caller */
    '/auth/users/': {
      answer: readonly ({ username: string; id: number; email: string })[];
    };
    /** Show the account of the caller */
    '/auth/users/me/': {
      answer: { username: string; id: number; email: string };
    };
    /** Show an account, for its owner and staff */
    '/auth/users/{id}/': {
      path: { id: string | number };
      answer: { username: string; id: number; email: string };
    };
  };
  POST: {
    /** Open an account */
    '/api/register/': {
      body: { email?: string | undefined; username: string; password: string; password2?: string | undefined };
      answer: { id: number; username: string; email: string };
    };
    /** Change the password, and end all other sessions */
    '/api/password/change/': {
      body: { new_password: string; current_password: string };
      answer: undefined;
    };
    /** Take a deleted account back with the link of a mail */
    '/api/account/take-back/': {
      body: { uid?: string | undefined; token: string };
      answer: { detail: string };
    };
    /** Open an account, as djoser does */
    '/auth/users/': {
      body: { username: string; email: string; password: string };
      answer: { username: string; id: number; email: string };
    };
    /** Change the password, and end all other sessions */
    '/auth/users/set_password/': {
      body: { new_password: string; current_password: string };
      answer: undefined;
    };
    /** Change the user name */
    '/auth/users/set_username/': {
      body: { current_password: string; new_username: string };
      answer: undefined;
    };
  };
  PUT: {
    /** Change the user name of the account of the caller */
    '/auth/users/me/': {
      body: { username: string };
      answer: { username: string; id: number; email: string };
    };
    /** Change the user name of an account, for its owner and staff */
    '/auth/users/{id}/': {
      path: { id: string | number };
      body: { username: string };
      answer: { username: string; id: number; email: string };
    };
  };
  PATCH: {
    /** Change the profile; the next tokens carry it */
    '/api/profile/': {
      body: { full_name?: string | undefined; bio?: string | undefined; image?: string | null | undefined } | FormData;
      answer: { username: string; email: string; full_name: string; bio: string; image: string; image_url: string | null; verified: boolean };
    };
    /** Change the user name of the account of the caller, if one is sent */
    '/auth/users/me/': {
      body: { username?: string | undefined };
      answer: { username: string; id: number; email: string };
    };
    /** Change the user name of an account, for its owner and staff, if one is sent */
    '/auth/users/{id}/': {
      path: { id: string | number };
      body: { username?: string | undefined };
      answer: { username: string; id: number; email: string };
    };
  };
  DELETE: {
    /** Delete the account of the caller */
    '/api/account/': {
      body: { current_password: string };
      answer: { erase_at: string };
    };
    /** Delete the account of the caller */
    '/auth/users/me/': {
      body: { current_password: string };
      answer: undefined;
    };
    /** Delete an account, for its owner and staff */
    '/auth/users/{id}/': {
      path: { id: string | number };
      body: { current_password: string };
      answer: undefined;
    };
  };
}
