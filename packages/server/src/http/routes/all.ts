import type { Config } from '../../config.ts';
import { isForStaff, type Route } from '../route.ts';
import { accountRoutes } from './account.ts';
import { adminAuditExportRoute, adminAuditRoute } from './admin/audit.ts';
import { adminExplainRoute } from './admin/explain.ts';
import { adminGroupRoute, adminGroupsRoute, adminPermissionsRoute } from './admin/groups.ts';
import { adminImportRoute, adminImportsRoute } from './admin/imports.ts';
import { adminKeyRetirementRoute, adminKeyRotationRoute, adminKeysRoute } from './admin/keys.ts';
import { adminOverviewRoute } from './admin/overview.ts';
import { adminSessionRoute, adminStepUpRoute } from './admin/session.ts';
import { adminSettingsRoute } from './admin/settings.ts';
import { adminTokenRoute, adminTokensRoute } from './admin/tokens.ts';
import { userRoutes } from './admin/user.ts';
import { userHelpRoutes } from './admin/user-help.ts';
import { userLifeRoutes } from './admin/user-life.ts';
import { usersRoutes } from './admin/users.ts';
import { cookieBlacklistRoute, cookieRefreshRoute, cookieTokenRoute, csrfRoute } from './cookie-token.ts';
import { dashboardRoute } from './dashboard.ts';
import {
  djoserCookieCreateRoute,
  djoserCookieRefreshRoute,
  djoserCreateRoute,
  djoserRefreshRoute,
  djoserVerifyRoute,
} from './djoser-jwt.ts';
import { djoserLinkRoutes } from './djoser-links.ts';
import { djoserMeRoute, djoserSetPasswordRoute, djoserUserRoute, djoserUsersRoute } from './djoser-users.ts';
import { changeRoutes } from './email-change.ts';
import { verifyRoutes } from './email-verify.ts';
import { passwordChangeRoute } from './password.ts';
import { resetRoutes } from './password-reset.ts';
import { profileRoute } from './profile.ts';
import { registerRoute } from './register.ts';
import { logoutEverywhereRoute, logoutRoute, sessionRoute, sessionsRoute } from './sessions.ts';
import { blacklistRoute, refreshRoute, tokenRoute, verifyRoute } from './token.ts';

/** Every route of the API: what the server serves, OPTIONS tells and OpenAPI prints, unless tokens travel in cookies. */
export const ROUTES: readonly Route[] = [
  registerRoute,
  tokenRoute,
  refreshRoute,
  verifyRoute,
  blacklistRoute,
  sessionsRoute,
  sessionRoute,
  logoutRoute,
  logoutEverywhereRoute,
  passwordChangeRoute,
  profileRoute,
  ...accountRoutes,
  ...verifyRoutes,
  ...resetRoutes,
  ...changeRoutes,
  dashboardRoute,
  djoserCreateRoute,
  djoserRefreshRoute,
  djoserVerifyRoute,
  djoserUsersRoute,
  djoserMeRoute,
  djoserSetPasswordRoute,
  ...djoserLinkRoutes,
  djoserUserRoute,
  adminSessionRoute,
  adminStepUpRoute,
  ...usersRoutes,
  ...userRoutes,
  ...userLifeRoutes,
  ...userHelpRoutes,
  adminTokensRoute,
  adminTokenRoute,
  adminKeysRoute,
  adminKeyRotationRoute,
  adminKeyRetirementRoute,
  adminAuditRoute,
  adminAuditExportRoute,
  adminExplainRoute,
  adminImportsRoute,
  adminImportRoute,
  adminSettingsRoute,
  adminOverviewRoute,
  adminGroupsRoute,
  adminGroupRoute,
  adminPermissionsRoute,
];

const IN_COOKIE_MODE = new Map([
  [tokenRoute, [cookieTokenRoute]],
  [refreshRoute, [cookieRefreshRoute]],
  [djoserCreateRoute, [djoserCookieCreateRoute]],
  [djoserRefreshRoute, [djoserCookieRefreshRoute]],
  [blacklistRoute, [cookieBlacklistRoute, csrfRoute]],
]);

/** The routes of a server: in cookie mode those of tokens are others at the same paths, and there is one more; staff may have none here. */
export function routesFor({
  tokenTransport,
  adminApi,
}: Pick<Config, 'tokenTransport' | 'adminApi'>): readonly Route[] {
  const routes = adminApi === 'on' ? ROUTES : ROUTES.filter((route) => !isForStaff(route));
  if (tokenTransport === 'bearer') return routes;
  return routes.flatMap((route) => IN_COOKIE_MODE.get(route) ?? [route]);
}
