import {
  ActionIcon,
  Anchor,
  Button,
  Container,
  Group,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { Outlet } from '@tanstack/react-router';
import { useRef, useSyncExternalStore } from 'react';
import { facts } from '../shared/facts.ts';
import { serverRoot } from '../shared/page.ts';
import { session } from './server.ts';
import { texts } from './texts.ts';
import { NavLink } from './ui/link.tsx';

export const useIsLoggedIn = () => useSyncExternalStore(session.onChange, session.isLoggedIn);

function SchemeSwitch() {
  const scheme = useComputedColorScheme('light');
  const { setColorScheme } = useMantineColorScheme();
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <ActionIcon variant="default" size="lg" aria-label={texts[other]} onClick={() => setColorScheme(other)}>
      <span aria-hidden="true">{scheme === 'dark' ? '☀' : '☾'}</span>
    </ActionIcon>
  );
}

function LogOut() {
  // Whatever the server says: here it is over.
  const logOut = () => session.logOut().catch(() => {});
  return (
    <Button variant="default" onClick={logOut}>
      {texts.logOut}
    </Button>
  );
}

const PLACES = [
  { to: '/', label: texts.nav.home },
  { to: '/profile', label: texts.nav.profile },
  { to: '/email', label: texts.nav.email },
  { to: '/password', label: texts.nav.password },
  { to: '/sessions', label: texts.nav.sessions },
  { to: '/data', label: texts.nav.data },
] as const;

/** For a newcomer. Where it is no development server, people have no business there. */
function AdminSite() {
  if (!facts.dev || !facts.pages.includes('admin')) return null;
  return (
    <Anchor underline="never" href={`${serverRoot}admin/`}>
      {texts.nav.admin}
    </Anchor>
  );
}

function Places() {
  return (
    <nav aria-label={texts.nav.label} className="places">
      {PLACES.map(({ to, label }) => (
        <NavLink key={to} to={to} activeOptions={{ exact: true }}>
          {label}
        </NavLink>
      ))}
      <AdminSite />
    </nav>
  );
}

/** Everything around a page; what needs a login is shown to who has one. */
export function Frame() {
  const isLoggedIn = useIsLoggedIn();
  const main = useRef<HTMLElement>(null);
  return (
    <>
      {/* No link to #main: in a page with a base that would be another page. */}
      <button type="button" className="skip-link" onClick={() => main.current?.focus()}>
        {texts.skip}
      </button>
      <Container size={isLoggedIn ? 'md' : 'xs'} py="lg">
        <Group component="header" justify="space-between" mb="lg">
          <Text fw={700}>{texts.brand}</Text>
          <Group gap="xs">
            {!isLoggedIn && <AdminSite />}
            <SchemeSwitch />
            {isLoggedIn && <LogOut />}
          </Group>
        </Group>
        <div className={isLoggedIn ? 'with-places' : undefined}>
          {isLoggedIn && <Places />}
          <main ref={main} tabIndex={-1}>
            <Outlet />
          </main>
        </div>
      </Container>
    </>
  );
}
