// Printed from contract/openapi.json by scripts/client-types.mjs (npm run openapi). Not to be edited.

/** What can be asked of a server, the chapter "Dashboard". */
export interface DashboardOperations {
  GET: {
    /** A protected page */
    '/api/dashboard/': {
      answer: { response: string };
    };
  };
  POST: {
    /** Echo a text */
    '/api/dashboard/': {
      body: { text?: string | undefined };
      answer: { response: string };
    };
  };
}
