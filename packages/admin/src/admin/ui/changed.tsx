import { Alert, List, Text } from '@mantine/core';
import { texts } from '../texts.ts';

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
}

/** What somebody else changed while a form was filled in. Nothing where nobody did. */
export function Changed({ title, changed, labels }: ChangedProps) {
  const fields = Object.entries(changed);
  if (fields.length === 0) return null;
  const heading = (
    <Text span inherit c="var(--mantine-color-text)">
      {title}
    </Text>
  );
  return (
    <Alert color="orange" title={heading} role="alert" variant="outline">
      <List mb="xs">
        {fields.map(([name, value]) => (
          <List.Item key={name} className="long-text">
            {said.isNow(labels[name] ?? name, wordsFor(value))}
          </List.Item>
        ))}
      </List>
      {said.saveOver}
    </Alert>
  );
}
