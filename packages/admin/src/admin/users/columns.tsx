import { Anchor, Avatar, Group, Switch } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { serverRoot } from '../../shared/page.ts';
import { client } from '../api/call.ts';
import { useDeed } from '../api/deed.ts';
import type { UserRow } from '../api/types.ts';
import { useRights } from '../rights.ts';
import { texts } from '../texts.ts';
import type { Column } from '../ui/data-table.tsx';
import { Instant, YesNo } from '../ui/show.tsx';

const { fields } = texts.users;

/** Django's name for having no picture. */
const NONE = 'default.jpg';

/** Where a picture is served; not `image_url`, which has PUBLIC_URL: a page may be open at another address. */
export const pictureOf = ({ image }: Pick<UserRow, 'image'>) =>
  image === '' || image === NONE ? null : new URL(`media/${image}`, serverRoot).href;

interface FlagProps {
  readonly user: UserRow;
  readonly field: 'is_active' | 'verified';
  readonly label: (name: string) => string;
}

/** A switch in the list. Who may not change the user sees the word instead. */
function Flag({ user, field, label }: FlagProps) {
  const { may, isSuperuser } = useRights();
  const { mutate, isPending } = useDeed({
    run: (value: boolean) =>
      client.patch('/api/admin/users/{id}/', { path: { id: user.id }, body: { [field]: value } }),
    said: () => texts.common.saved,
  });
  const isAllowed = may('change_user') && (isSuperuser || !user.is_superuser);
  if (!isAllowed) return <YesNo value={user[field]} />;
  return (
    <Switch
      aria-label={label(user.username)}
      checked={user[field]}
      disabled={isPending}
      onChange={(event) => mutate(event.currentTarget.checked)}
    />
  );
}

function Name({ user }: { readonly user: UserRow }) {
  return (
    <Group gap="xs" wrap="nowrap">
      <Avatar src={pictureOf(user)} alt="" name={user.username} size="sm" />
      <Anchor
        inherit
        fw={600}
        renderRoot={(props) => <Link to="/users/$id" params={{ id: String(user.id) }} {...props} />}
      >
        {user.username}
      </Anchor>
    </Group>
  );
}

const yesNo = (id: 'is_staff' | 'is_superuser' | 'has_usable_password'): Column<UserRow> => ({
  id,
  header: fields[id],
  cell: (user) => <YesNo value={user[id]} />,
});

/** What a list of users can show, in this order. */
export const USER_COLUMNS: readonly Column<UserRow>[] = [
  { id: 'id', header: fields.id, cell: ({ id }) => id, sorts: true },
  { id: 'username', header: fields.username, cell: (user) => <Name user={user} />, sorts: true },
  { id: 'email', header: fields.email, cell: ({ email }) => email || '–', sorts: true },
  { id: 'full_name', header: fields.full_name, cell: (user) => user.full_name || '–' },
  {
    id: 'is_active',
    header: fields.is_active,
    cell: (user) => <Flag user={user} field="is_active" label={texts.users.setActive} />,
  },
  {
    id: 'verified',
    header: fields.verified,
    cell: (user) => <Flag user={user} field="verified" label={texts.users.setVerified} />,
  },
  yesNo('is_staff'),
  yesNo('is_superuser'),
  yesNo('has_usable_password'),
  { id: 'hash', header: fields.hash, cell: ({ hash }) => hash ?? '–' },
  {
    id: 'date_joined',
    header: fields.date_joined,
    cell: (user) => <Instant at={user.date_joined} />,
    sorts: true,
  },
  {
    id: 'last_login',
    header: fields.last_login,
    cell: (user) => <Instant at={user.last_login} never={texts.common.never} />,
    sorts: true,
  },
];

export const HIDDEN_AT_FIRST: readonly string[] = [
  'full_name',
  'is_superuser',
  'has_usable_password',
  'hash',
];
