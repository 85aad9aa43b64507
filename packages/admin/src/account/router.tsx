import { Text } from '@mantine/core';
import { createRootRoute, createRoute, createRouter, redirect } from '@tanstack/react-router';
import { entryPath } from '../shared/entry-path.ts';
import { LogIn, Own, SignUp, WithPlaces } from './around.tsx';
import { Data } from './pages/data.tsx';
import { Email } from './pages/email.tsx';
import { Forgot } from './pages/forgot.tsx';
import { Home } from './pages/home.tsx';
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
import { session } from './session.ts';
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

const root = createRootRoute({ component: WithPlaces, notFoundComponent: Missing });

const page = <Path extends string>(path: Path, component: () => React.ReactNode) =>
  ({ getParentRoute: () => root, path, component }) as const;

/** Around what needs a login. */
const own = createRoute({ getParentRoute: () => root, id: 'own', component: Own });

const ownPage = <Path extends string>(path: Path, component: () => React.ReactNode) =>
  createRoute({ getParentRoute: () => own, path, component });

/** Who is logged in has nothing to do there. */
const strangers = {
  beforeLoad: () => {
    if (session.isLoggedIn()) throw redirect({ to: '/', replace: true });
  },
};

/** The last seven are where the links in mails lead: djoser's patterns, see docs/mail.md. */
const routes = [
  createRoute({ ...page('/log-in', LogIn), ...strangers }),
  createRoute({ ...page('/sign-up', SignUp), ...strangers }),
  createRoute({ ...page('/forgot', Forgot), ...strangers }),
  own.addChildren([
    ownPage('/', Home),
    ownPage('/profile', Profile),
    ownPage('/email', Email),
    ownPage('/password', Password),
    ownPage('/sessions', Sessions),
    ownPage('/data', Data),
  ]),
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
