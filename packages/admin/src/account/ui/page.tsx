import { Alert, Button, Center, Loader, Stack, Title } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { sentenceFor } from '../sentence.ts';
import { texts } from '../texts.ts';

/** A page: its title is the document's, and gets the focus, so that a screen reader tells where it is. */
export function Page({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${texts.brand}`;
  }, [title]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <Stack gap="lg">
      <Title order={1} size="h2" ref={heading} tabIndex={-1} className="page-title">
        {title}
      </Title>
      {children}
    </Stack>
  );
}

/** While something loads, and when it did not. */
export function Loaded<T>({
  query,
  children,
}: {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Fault error={query.error} retry={() => query.refetch()} />;
  return (
    <Center>
      <Loader aria-label={texts.loading} />
    </Center>
  );
}

export function Fault({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  return (
    <Alert color="red" role="alert">
      <Stack align="start">
        {sentenceFor(error)}
        <Button variant="default" onClick={retry}>
          {texts.retry}
        </Button>
      </Stack>
    </Alert>
  );
}
