import { Text } from '@mantine/core';
import { createRootRoute, createRoute, createRouter, redirect } from '@tanstack/react-router';
import { entryPath } from '../shared/page.ts';
import { Frame } from './frame.tsx';
import { Data } from './pages/data.tsx';
import { Email } from './pages/email.tsx';
import { Forgot } from './pages/forgot.tsx';
import { Home } from './pages/home.tsx';
import { LogIn } from './pages/log-in.tsx';
import {
  ChangeLink,
  ResetEmailLink,
  ResetLink,
  ResetUsernameLink,
  RevertLink,
  TakeBackLink,
  VerifyLink,
} from './pages/mail-link.tsx';
import { Password } from './pages/password.tsx';
import { Profile } from './pages/profile.tsx';
import { Sessions } from './pages/sessions.tsx';
import { SignUp } from './pages/sign-up.tsx';
import { session } from './server.ts';
import { texts } from './texts.ts';
import { TextLink } from './ui/link.tsx';
import { Fault, Page } from './ui/page.tsx';

function Missing() {
  return (
    <Page title={texts.missing.title}>
      <Text>{texts.missing.text}</Text>
      <TextLink to="/">{texts.missing.home}</TextLink>
    </Page>
  );
}

const root = createRootRoute({ component: Frame, notFoundComponent: Missing });

const page = <Path extends string>(path: Path, component: () => React.ReactNode) =>
  ({ getParentRoute: () => root, path, component }) as const;

/** Who is not logged in does that first, and comes back. */
const own = {
  beforeLoad: ({ location }: { location: { pathname: string } }) => {
    if (session.isLoggedIn()) return;
    const { pathname } = location;
    throw redirect({ to: '/log-in', search: pathname === '/' ? {} : { next: pathname }, replace: true });
  },
};

/** Who is logged in has nothing to do there. */
const strangers = {
  beforeLoad: () => {
    if (session.isLoggedIn()) throw redirect({ to: '/', replace: true });
  },
};

/** A place of ours to go to after the login, as it stands in the address. */
const nextIn = ({ next }: Record<string, unknown>): { next?: string } =>
  typeof next === 'string' && /^\/(?!\/)/.test(next) ? { next } : {};

const logIn = createRoute({ ...page('/log-in', LogIn), ...strangers, validateSearch: nextIn });

/** The last seven are where the links in mails lead: djoser's patterns, see docs/mail.md. */
const routes = [
  logIn,
  createRoute({ ...page('/sign-up', SignUp), ...strangers }),
  createRoute({ ...page('/forgot', Forgot), ...strangers }),
  createRoute({ ...page('/', Home), ...own }),
  createRoute({ ...page('/profile', Profile), ...own }),
  createRoute({ ...page('/email', Email), ...own }),
  createRoute({ ...page('/password', Password), ...own }),
  createRoute({ ...page('/sessions', Sessions), ...own }),
  createRoute({ ...page('/data', Data), ...own }),
  createRoute(page('/activate/$uid/$token', VerifyLink)),
  createRoute(page('/password/reset/confirm/$uid/$token', ResetLink)),
  createRoute(page('/email/reset/confirm/$uid/$token', ResetEmailLink)),
  createRoute(page('/username/reset/confirm/$uid/$token', ResetUsernameLink)),
  createRoute(page('/email/change/$uid/$token', ChangeLink)),
  createRoute(page('/email/revert/$uid/$token', RevertLink)),
  createRoute(page('/take-back/$uid/$token', TakeBackLink)),
] as const;

export const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: entryPath,
  scrollRestoration: true,
  defaultErrorComponent: ({ error }) => <Fault error={error} retry={() => window.location.reload()} />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
