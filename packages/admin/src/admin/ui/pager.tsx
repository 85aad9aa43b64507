import { Button, Group, Select } from '@mantine/core';
import { cursorOf } from '../api/queries.ts';
import type { Page } from '../api/types.ts';
import { texts } from '../texts.ts';

const SIZES = ['25', '50', '100', '200'];

interface Place {
  readonly cursor?: string | undefined;
  readonly page_size?: string | undefined;
}

interface PagerProps {
  readonly page: Page<unknown> | undefined;
  readonly size: string | undefined;
  readonly onGo: (place: Place) => void;
}

/** The way to the next page and back. Pages have no numbers: a list stays quick however long it is. */
export function Pager({ page, size, onGo }: PagerProps) {
  const previous = cursorOf(page?.previous);
  const next = cursorOf(page?.next);
  const hasPrevious = Boolean(page?.previous);
  return (
    <Group component="nav" aria-label={texts.pager.label} justify="space-between" mt="md">
      <Group gap="xs">
        <Button variant="default" disabled={!hasPrevious} onClick={() => onGo({ cursor: previous })}>
          {texts.pager.previous}
        </Button>
        <Button variant="default" disabled={next === undefined} onClick={() => onGo({ cursor: next })}>
          {texts.pager.next}
        </Button>
      </Group>
      <Select
        aria-label={texts.pager.size}
        data={SIZES.map((value) => ({ value, label: texts.pager.perPage(value) }))}
        value={size ?? '50'}
        allowDeselect={false}
        w={150}
        onChange={(value) => onGo({ page_size: value ?? undefined, cursor: undefined })}
      />
    </Group>
  );
}
