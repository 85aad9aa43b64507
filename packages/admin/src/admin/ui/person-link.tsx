import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Person } from '../api/types.ts';
import { useRights } from '../rights.ts';

/** Leads to the page of an account, for who may see it. */
export function PersonLink({ person }: { readonly person: Person | null }) {
  const { may } = useRights();
  if (person === null) return <Text span>–</Text>;
  const name = person.username ?? `#${person.id}`;
  if (!may('view_user')) return <Text span>{name}</Text>;
  return (
    <Anchor
      inherit
      renderRoot={(props) => <Link to="/users/$id" params={{ id: String(person.id) }} {...props} />}
    >
      {name}
    </Anchor>
  );
}
