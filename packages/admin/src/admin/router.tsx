import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { entryPath } from '../shared/entry-path.ts';
import { queryClient, sessionQuery } from './api/queries.ts';
import { rightsOf } from './rights.ts';
import { AUDIT_KEYS, pick, TOKEN_KEYS, USER_KEYS, USER_TABS } from './search.ts';
import { firstPageFor } from './sections.ts';
import { NotFound, Shell } from './shell.tsx';
import { Fault } from './ui/fault.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const child = <Path extends string>(path: Path) => ({ getParentRoute: () => root, path }) as const;

const routes = [
  createRoute({
    ...child('/'),
    beforeLoad: () => {
      const session = queryClient.getQueryData(sessionQuery.queryKey);
      throw redirect({ to: firstPageFor(rightsOf(session)), replace: true });
    },
  }),
  createRoute({
    ...child('/overview'),
    component: lazyRouteComponent(() => import('./overview.tsx'), 'Overview'),
  }),
  createRoute({
    ...child('/users'),
    validateSearch: pick(USER_KEYS),
    component: lazyRouteComponent(() => import('./users/list.tsx'), 'UserList'),
  }),
  createRoute({
    ...child('/users/new'),
    component: lazyRouteComponent(() => import('./users/create.tsx'), 'CreateUser'),
  }),
  createRoute({
    ...child('/users/$id'),
    validateSearch: pick(USER_TABS),
    component: lazyRouteComponent(() => import('./user/page.tsx'), 'UserPage'),
  }),
  createRoute({
    ...child('/groups'),
    component: lazyRouteComponent(() => import('./groups/list.tsx'), 'GroupList'),
  }),
  createRoute({
    ...child('/groups/$id'),
    component: lazyRouteComponent(() => import('./groups/group.tsx'), 'GroupPage'),
  }),
  createRoute({
    ...child('/tokens'),
    validateSearch: pick(TOKEN_KEYS),
    component: lazyRouteComponent(() => import('./tokens.tsx'), 'Tokens'),
  }),
  createRoute({ ...child('/keys'), component: lazyRouteComponent(() => import('./keys.tsx'), 'Keys') }),
  createRoute({
    ...child('/audit'),
    validateSearch: pick(AUDIT_KEYS),
    component: lazyRouteComponent(() => import('./audit.tsx'), 'Audit'),
  }),
  createRoute({
    ...child('/explain'),
    validateSearch: pick(['query']),
    component: lazyRouteComponent(() => import('./explain.tsx'), 'Explain'),
  }),
  createRoute({
    ...child('/imports'),
    component: lazyRouteComponent(() => import('./imports.tsx'), 'Imports'),
  }),
  createRoute({
    ...child('/settings'),
    component: lazyRouteComponent(() => import('./settings.tsx'), 'Settings'),
  }),
] as const;

/** The pages. Each is loaded when it is first opened; what a list shows stands in its address. */
export const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: entryPath,
  trailingSlash: 'preserve',
  defaultPreload: 'intent',
  defaultErrorComponent: ({ error }) => (
    <Fault error={error instanceof Error ? error : new Error(String(error))} />
  ),
  // Plain parameters, all of them text: an address can be written by hand.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const kept = Object.entries(search).filter(([, value]) => value !== undefined && value !== '');
    return kept.length === 0 ? '' : `?${new URLSearchParams(kept)}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
