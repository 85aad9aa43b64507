import { guarded } from './guarded.ts';
import type { Auth } from './session.ts';

/** How the admin site says who asks: by its own cookie, and a CSRF token that comes with the login. */
export interface StaffSession extends Auth {
  /** keeps the `csrf_token` of /api/admin/session/; undefined after the end */
  keep(csrfToken: string | undefined): void;
}

/** The session of the admin site. It is not refreshed: after a 401 there is a login. `stepUp` asks for the password. */
export function staffSession(stepUp: () => Promise<boolean>): StaffSession {
  let csrf: string | undefined;
  return {
    credentials: 'same-origin',
    headersFor: (method) => guarded(method, csrf),
    renew: async () => false,
    stepUp,
    keep: (csrfToken) => {
      csrf = csrfToken;
    },
  };
}
