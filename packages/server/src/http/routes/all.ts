import type { Route } from '../route.ts';
import { dashboardRoute } from './dashboard.ts';
import { registerRoute } from './register.ts';
import { blacklistRoute, refreshRoute, tokenRoute, verifyRoute } from './token.ts';

/** Every route of the API: what the server serves, OPTIONS tells and OpenAPI prints. */
export const ROUTES: readonly Route[] = [
  registerRoute,
  tokenRoute,
  refreshRoute,
  verifyRoute,
  blacklistRoute,
  dashboardRoute,
];
