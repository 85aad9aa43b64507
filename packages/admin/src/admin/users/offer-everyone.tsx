import { Button, Group, Text } from '@mantine/core';
import { texts } from '../texts.ts';
import type { useEveryone } from './everyone.ts';
import type { UserSearch } from './filters.tsx';
import { useCount } from './matching.ts';

const { everyone: said } = texts.users;

/** More at once nobody can mean; each is asked for, and then changed, by a page of its own. */
const MOST = 10_000;

interface OfferProps {
  readonly search: UserSearch;
  /** rows of the page, all of which are chosen */
  readonly onPage: number;
  readonly everyone: ReturnType<typeof useEveryone>;
}

/** After all rows of a page were chosen: to choose those of the other pages as well. */
export function OfferEveryone({ search, onPage, everyone }: OfferProps) {
  const count = useCount(search) ?? 0;
  if (everyone.found !== undefined)
    return (
      <Group mb="sm" gap="xs" role="status">
        <Text>{said.found(everyone.found, count)}</Text>
        <Button size="xs" variant="default" onClick={everyone.stop}>
          {texts.users.bulk.stop}
        </Button>
      </Group>
    );
  if (everyone.chosen !== undefined || count <= onPage) return null;
  if (count > MOST) return <Text mb="sm">{said.tooMany(MOST)}</Text>;
  return (
    <Button mb="sm" size="xs" variant="subtle" onClick={everyone.choose}>
      {said.choose(count)}
    </Button>
  );
}
