import type { Route } from '../route.ts';
import { cookieRefreshRoute, cookieTokenRoute } from './cookie-token.ts';
import { refreshRoute, tokenRoute, verifyRoute } from './token.ts';

const CREATE = {
  path: '/auth/jwt/create/',
  name: 'Token Obtain Pair',
  description:
    'Takes a set of user credentials and returns an access and refresh JSON web\ntoken pair to prove the authentication of those credentials.',
};
const REFRESH = { path: '/auth/jwt/refresh/' };

/** djoser's paths of the token routes. What they do is what those do. */
export const djoserCreateRoute: Route = { ...tokenRoute, ...CREATE };
export const djoserRefreshRoute: Route = { ...refreshRoute, ...REFRESH };
export const djoserVerifyRoute: Route = { ...verifyRoute, path: '/auth/jwt/verify/' };

/** The same in cookie mode. */
export const djoserCookieCreateRoute: Route = { ...cookieTokenRoute, ...CREATE };
export const djoserCookieRefreshRoute: Route = { ...cookieRefreshRoute, ...REFRESH };
