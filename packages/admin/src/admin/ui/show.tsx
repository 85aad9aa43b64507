import { Badge, Code, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { texts } from '../texts.ts';

const WHEN = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const WHEN_EXACTLY = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

/** An instant in the time of who looks; in UTC and to the millisecond on hovering. Nothing for what never was. */
export function Instant({
  at,
  never = '–',
  toSecond = false,
}: {
  readonly at: string | null | undefined;
  readonly never?: string;
  readonly toSecond?: boolean;
}) {
  if (!at) return never;
  const date = new Date(at);
  return (
    <time dateTime={at} title={date.toISOString()} className="no-break">
      {(toSecond ? WHEN_EXACTLY : WHEN).format(date)}
    </time>
  );
}

interface StateProps {
  readonly colour: string;
  readonly children: string;
}

/** One word about a state. The word says it, the dot's colour only helps. */
export function State({ colour, children }: StateProps) {
  return (
    <Badge variant="dot" color={colour} tt="none" fw={500} miw="max-content">
      {children}
    </Badge>
  );
}

export function YesNo({ value }: { readonly value: boolean }) {
  return value ? texts.common.yes : texts.common.no;
}

/** An id, a jti, a name of an algorithm: read letter by letter. A line ends after an underscore rather than within a word. */
export function Mono({ children }: { readonly children: string | number }) {
  const [first, ...rest] = String(children).split(/(?<=_)/);
  return (
    <Code className={rest.length === 0 ? 'long-text' : 'long-name'}>
      {rest.reduce<ReactNode>(
        (before, piece) => (
          <>
            {before}
            <wbr />
            {piece}
          </>
        ),
        first,
      )}
    </Code>
  );
}

/** A sentence in which names of settings and commands stand between backticks. */
export function Sentence({ children }: { readonly children: string }) {
  return [...children.matchAll(/`([^`]+)`|[^`]+/g)].map(({ index, 0: words, 1: name }) =>
    name === undefined ? words : <Mono key={index}>{name}</Mono>,
  );
}

/** A fact in words. */
function wordsFor(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsFor).join(', ');
  return typeof value === 'string' ? value || '–' : JSON.stringify(value);
}

/** A change: what was, and what is. */
const change = (value: unknown) => (Array.isArray(value) ? value.map(wordsFor).join(' → ') : wordsFor(value));

const isNothing = (value: unknown) =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whatever an event has to tell, as short lines of text. Never as markup. */
export function Facts({ of }: { readonly of: Readonly<Record<string, unknown>> }) {
  // What was and is stands there for some fields; of the others, a name or an address, only that they were changed.
  const { changes, fields, ...others } = of;
  const changed = isRecord(changes) ? changes : {};
  const silent = Array.isArray(fields) ? fields.filter((name) => !(name in changed)) : fields;
  const told = { ...others, fields: silent ?? null };
  return [
    ...Object.entries(told).flatMap(([name, value]) =>
      isNothing(value) ? [] : [[name, wordsFor(value)] as const],
    ),
    ...Object.entries(changed).map(([name, value]) => [name, change(value)] as const),
  ].map(([name, text]) => (
    <Text key={name} size="sm" className="long-text">
      <Text span c="dimmed" size="sm">
        {name}:
      </Text>{' '}
      {text}
    </Text>
  ));
}
