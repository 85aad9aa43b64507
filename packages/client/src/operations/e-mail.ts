// Printed from contract/openapi.json by scripts/client-types.mjs (npm run openapi). Not to be edited.

/** What can be asked of a server, the chapter "E-mail". */
export interface EmailOperations {
  POST: {
    /** Ask for a mail that verifies an address */
    '/api/email/verify/': {
      body: { email: string };
      answer: { detail: string };
    };
    /** Verify an address with the link of a mail */
    '/api/email/verify/confirm/': {
      body: { uid?: string | undefined; token: string };
      answer: { detail: string };
    };
    /** Ask for a mail to set a new password */
    '/api/password/reset/': {
      body: { email: string };
      answer: { detail: string };
    };
    /** Set a new password with the link of a mail */
    '/api/password/reset/confirm/': {
      body: { uid?: string | undefined; token: string; new_password: string };
      answer: { detail: string };
    };
    /** Ask for a mail to a new address */
    '/api/email/change/': {
      body: { new_email: string; current_password: string };
      answer: { detail: string };
    };
    /** Change the address with the link of a mail */
    '/api/email/change/confirm/': {
      body: { uid?: string | undefined; token: string };
      answer: { detail: string };
    };
    /** Take a change of address back with the link of a notice */
    '/api/email/change/revert/': {
      body: { uid?: string | undefined; token: string };
      answer: { detail: string };
    };
    /** Verify an address with the link of a mail */
    '/auth/users/activation/': {
      body: { uid: string; token: string };
      answer: undefined;
    };
    /** Ask for a mail that verifies an address */
    '/auth/users/resend_activation/': {
      body: { email: string };
      answer: undefined;
    };
    /** Ask for a mail to set a new password */
    '/auth/users/reset_password/': {
      body: { email: string };
      answer: undefined;
    };
    /** Set a new password with the link of a mail */
    '/auth/users/reset_password_confirm/': {
      body: { uid: string; token: string; new_password: string };
      answer: undefined;
    };
    /** Ask for a mail to a new address */
    '/auth/users/set_email/': {
      body: { current_password: string; new_email: string };
      answer: undefined;
    };
    /** Ask for a mail to change the address */
    '/auth/users/reset_email/': {
      body: { email: string };
      answer: undefined;
    };
    /** Ask for a mail to a new address, with the link of a mail to the present one */
    '/auth/users/reset_email_confirm/': {
      body: { uid: string; token: string; new_email: string };
      answer: undefined;
    };
    /** Ask for a mail to choose a new user name */
    '/auth/users/reset_username/': {
      body: { email: string };
      answer: undefined;
    };
    /** Choose a new user name with the link of a mail */
    '/auth/users/reset_username_confirm/': {
      body: { uid: string; token: string; new_username: string };
      answer: undefined;
    };
  };
}
