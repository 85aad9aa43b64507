// Printed from contract/openapi.json by scripts/client-types.mjs (npm run openapi). Not to be edited.

import type { AccountsOperations } from './operations/accounts.ts';
import type { AdminOperations } from './operations/admin.ts';
import type { DashboardOperations } from './operations/dashboard.ts';
import type { EmailOperations } from './operations/e-mail.ts';
import type { SessionsOperations } from './operations/sessions.ts';
import type { TokensOperations } from './operations/tokens.ts';

/** What can be asked of a server: by method and path, what goes into path, query and body, and what is answered. */
export interface Operations {
  GET: AccountsOperations['GET'] & AdminOperations['GET'] & DashboardOperations['GET'] & SessionsOperations['GET'] & TokensOperations['GET'];
  POST: AccountsOperations['POST'] & AdminOperations['POST'] & DashboardOperations['POST'] & EmailOperations['POST'] & SessionsOperations['POST'] & TokensOperations['POST'];
  PUT: AccountsOperations['PUT'];
  PATCH: AccountsOperations['PATCH'] & AdminOperations['PATCH'];
  DELETE: AccountsOperations['DELETE'] & AdminOperations['DELETE'] & SessionsOperations['DELETE'];
}
