// Printed from contract/openapi.json by scripts/client-types.mjs (npm run openapi). Not to be edited.

/** What can be asked of a server, the chapter "Sessions". */
export interface SessionsOperations {
  GET: {
    /** List the live sessions of the caller */
    '/api/sessions/': {
      answer: readonly ({ id: string; device: string; ip: string; created_at: string; last_used_at: string; is_current: boolean })[];
    };
  };
  POST: {
    /** Log out here */
    '/api/logout/': {
      answer: undefined;
    };
    /** Log out everywhere */
    '/api/logout/all/': {
      answer: undefined;
    };
  };
  DELETE: {
    /** End a session of the caller */
    '/api/sessions/{id}/': {
      path: { id: string | number };
      answer: undefined;
    };
  };
}
