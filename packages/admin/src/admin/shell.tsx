import { AppShell, Burger, Button, Group, Menu, NavLink, Text, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { client, isSignedOut } from './api/call.ts';
import { useDeed } from './api/deed.ts';
import { forgetPerson, sessionQuery } from './api/queries.ts';
import { useRights } from './rights.ts';
import { sectionsFor } from './sections.ts';
import { texts } from './texts.ts';
import { PageTitle } from './ui/page-title.tsx';

const SCHEMES = ['auto', 'light', 'dark'] as const;

/** A session that has ended already is what was wanted. */
async function signOut(): Promise<void> {
  try {
    await client.delete('/api/admin/session/');
  } catch (error) {
    if (!isSignedOut(error)) throw error;
  }
}

/** A button: with a base address in the page a link to `#content` leads to another page. */
function skipToContent() {
  document.getElementById('content')?.focus();
}

/** Who is here, and how it looks. */
function PersonMenu() {
  const { data: session } = useQuery(sessionQuery);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { mutate } = useDeed({ run: signOut, after: forgetPerson });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" maw={220}>
          {session?.user.username}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{texts.shell.colours}</Menu.Label>
        {SCHEMES.map((scheme) => (
          <Menu.Item
            key={scheme}
            onClick={() => setColorScheme(scheme)}
            fw={scheme === colorScheme ? 700 : undefined}
          >
            {texts.shell.schemes[scheme]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => mutate()}>{texts.shell.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** The frame around every page: the way to the others, and who is signed in. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure();
  const sections = sectionsFor(useRights());
  const path = useRouterState({ select: ({ location }) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes what covers it on a small screen
  useEffect(close, [path]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <AppShell.Header>
        <button type="button" className="skip-link" onClick={skipToContent}>
          {texts.shell.skip}
        </button>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={texts.shell.menu}
              aria-expanded={isOpen}
            />
            <Text fw={700}>{texts.brand}</Text>
          </Group>
          <PersonMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={texts.shell.menu}>
        {sections.map(({ to, label }) => (
          <NavLink
            key={to}
            label={label}
            active={path.startsWith(to)}
            renderRoot={(props) => <Link to={to} {...props} />}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} bg="var(--latchkey-back)">
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

export function NotFound() {
  return (
    <>
      <PageTitle title={texts.shell.notFound} />
      <Text>{texts.shell.notFoundAbout}</Text>
    </>
  );
}
