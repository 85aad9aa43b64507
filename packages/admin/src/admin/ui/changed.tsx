import { Alert, List, Text } from '@mantine/core';
import type { LastChanges } from '../api/last-changes.ts';
import type { AuditEvent } from '../api/types.ts';
import { texts } from '../texts.ts';
import { PersonLink } from './person-link.tsx';
import { Instant } from './show.tsx';

const said = texts.common.changed;

function wordsFor(value: unknown): string {
  if (typeof value === 'boolean') return value ? texts.common.yes : texts.common.no;
  if (Array.isArray(value)) return value.map((one) => wordsFor(one?.name ?? one)).join(', ') || said.nothing;
  return String(value) || said.nothing;
}

interface ChangedProps {
  readonly title: string;
  /** the fields that somebody else changed, as they are now */
  readonly changed: Readonly<Record<string, unknown>>;
  readonly labels: Readonly<Record<string, string>>;
  /** by whom and when, as far as that is known */
  readonly last: LastChanges;
}

function LastChange({ of }: { readonly of: AuditEvent | undefined }) {
  if (of === undefined) return null;
  return (
    <Text size="sm" c="dimmed">
      {said.last} <Instant at={of.at} toSecond /> · <PersonLink person={of.actor} />
    </Text>
  );
}

/** What somebody else changed while a form was filled in, and who did. Nothing where nobody did. */
export function Changed({ title, changed, labels, last }: ChangedProps) {
  const fields = Object.entries(changed);
  if (fields.length === 0) return null;
  const heading = (
    <Text span inherit c="var(--mantine-color-text)">
      {title}
    </Text>
  );
  return (
    <Alert color="orange" title={heading} role="alert" variant="outline">
      <List size="sm" mb="xs">
        {fields.map(([name, value]) => (
          <List.Item key={name} className="long-text">
            {said.isNow(labels[name] ?? name, wordsFor(value))}
            <LastChange of={last[name]} />
          </List.Item>
        ))}
      </List>
      {said.saveOver}
    </Alert>
  );
}
