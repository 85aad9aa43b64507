import { Outlet } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { InReact } from '../shared/plain/in-react.tsx';
import { logInPage } from './pages/log-in.ts';
import { signUpPage } from './pages/sign-up.ts';
import { OWN_PLACES } from './places.ts';
import { session } from './session.ts';
import { texts } from './texts.ts';
import { NavLink } from './ui/link.tsx';

const useIsLoggedIn = () => useSyncExternalStore(session.onChange, session.isLoggedIn);

function Places() {
  return (
    <nav aria-label={texts.nav.label} className="places">
      {OWN_PLACES.map(({ to, label }) => (
        <NavLink key={to} to={to} activeOptions={{ exact: true }}>
          {label}
        </NavLink>
      ))}
    </nav>
  );
}

/** A page, and the way to the others for who is logged in. */
export function WithPlaces() {
  const isLoggedIn = useIsLoggedIn();
  return (
    <div className={isLoggedIn ? 'with-places' : undefined}>
      {isLoggedIn && <Places />}
      <main tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}

// The router follows the login by itself.
const loggedIn = async () => {};

export const LogIn = () => <InReact page={() => logInPage({ loggedIn })} />;

export const SignUp = () => <InReact page={(show) => signUpPage({ loggedIn, show })} />;

/** Who is not logged in does that first. The address stays what it was, so that a link leads where it should. */
export const Own = () => (useIsLoggedIn() ? <Outlet /> : <LogIn />);
