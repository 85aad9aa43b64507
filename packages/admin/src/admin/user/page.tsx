import { Avatar, Group, Paper, Tabs, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useThing } from '../api/queries.ts';
import type { Codename, User } from '../api/types.ts';
import { useRights } from '../rights.ts';
import { texts } from '../texts.ts';
import { Loaded } from '../ui/loaded.tsx';
import { PageTitle } from '../ui/page-title.tsx';
import { Instant, State } from '../ui/show.tsx';
import { pictureOf } from '../users/columns.tsx';
import { UserActions } from './actions.tsx';
import { UserEvents } from './events.tsx';
import { UserHistory } from './history.tsx';
import { ProfileForm } from './profile-form.tsx';
import { RightsForm } from './rights-form.tsx';
import { UserSessions } from './sessions.tsx';
import { UserTokens } from './tokens.tsx';

const route = getRouteApi('/users/$id');
const { badges } = texts.user;

type Tab = keyof typeof texts.user.tabs;

/** What the page has, and who may see each part. */
const TABS: readonly {
  readonly tab: Tab;
  readonly right: Codename;
  readonly show: (user: User) => ReactNode;
}[] = [
  { tab: 'profile', right: 'view_user', show: (user) => <ProfileForm key={user.id} user={user} /> },
  { tab: 'rights', right: 'view_user', show: (user) => <RightsForm key={user.id} user={user} /> },
  { tab: 'sessions', right: 'view_session', show: (user) => <UserSessions user={user} /> },
  { tab: 'tokens', right: 'view_outstandingtoken', show: (user) => <UserTokens user={user} /> },
  { tab: 'events', right: 'view_auditevent', show: (user) => <UserEvents user={user} /> },
  { tab: 'history', right: 'view_auditevent', show: (user) => <UserHistory user={user} /> },
];

function Badges({ user }: { readonly user: User }) {
  return (
    <Group gap="xs">
      {user.is_active ? (
        <State colour="teal">{badges.active}</State>
      ) : (
        <State colour="red">{badges.inactive}</State>
      )}
      {user.verified ? (
        <State colour="teal">{badges.verified}</State>
      ) : (
        <State colour="orange">{badges.unverified}</State>
      )}
      {user.is_superuser && <State colour="indigo">{badges.superuser}</State>}
      {user.is_staff && !user.is_superuser && <State colour="indigo">{badges.staff}</State>}
      {user.requires_new_password && <State colour="orange">{badges.needsPassword}</State>}
      {!user.has_usable_password && <State colour="orange">{badges.noPassword}</State>}
      <State colour={user.sessions_live > 0 ? 'teal' : 'gray'}>
        {texts.user.liveSessions(user.sessions_live)}
      </State>
    </Group>
  );
}

function Head({ user }: { readonly user: User }) {
  return (
    <Paper withBorder p="md" mb="md">
      <Group align="flex-start">
        <Avatar src={pictureOf(user)} alt={texts.users.fields.image} name={user.username} size="lg" />
        <div>
          <Badges user={user} />
          <Text size="sm" c="dimmed" mt="xs">
            {texts.users.fields.id} {user.id} · {texts.users.fields.date_joined}{' '}
            <Instant at={user.date_joined} /> · {texts.users.fields.last_login}{' '}
            <Instant at={user.last_login} never={texts.common.never} />
          </Text>
        </div>
      </Group>
    </Paper>
  );
}

function UserParts({ user }: { readonly user: User }) {
  const { may } = useRights();
  const { tab: wanted } = route.useSearch();
  const navigate = route.useNavigate();
  const tabs = TABS.filter(({ right }) => may(right));
  const current = tabs.find(({ tab }) => tab === wanted)?.tab ?? 'profile';
  return (
    <>
      <PageTitle title={user.username}>
        <UserActions user={user} />
      </PageTitle>
      <Head user={user} />
      <Tabs value={current} keepMounted={false} onChange={(tab) => tab && navigate({ search: { tab } })}>
        <Tabs.List aria-label={user.username}>
          {tabs.map(({ tab }) => (
            <Tabs.Tab key={tab} value={tab}>
              {texts.user.tabs[tab]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(({ tab, show }) => (
          <Tabs.Panel key={tab} value={tab} pt="md">
            <Paper withBorder p="md">
              {show(user)}
            </Paper>
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}

/** Everything about one account, and what can be done for it. */
export function UserPage() {
  const { id } = route.useParams();
  return (
    <Loaded query={useThing('/api/admin/users/{id}/', { path: { id } })}>
      {(user) => <UserParts user={user} />}
    </Loaded>
  );
}
