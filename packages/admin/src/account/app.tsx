import { Container } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';
import { router } from './router.tsx';
import { followOtherTabs, session } from './server.ts';
import { Loaded } from './ui/page.tsx';

/** Takes an earlier login up again before anything is shown; the pages then follow each login and each end. */
export function App() {
  const start = useQuery({
    queryKey: ['start'],
    queryFn: () => session.restore(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => session.onChange(() => void router.invalidate()), []);
  useEffect(followOtherTabs, []);
  if (start.data !== undefined) return <RouterProvider router={router} />;
  return (
    <Container size="xs" py="xl">
      <Loaded query={start}>{() => null}</Loaded>
    </Container>
  );
}
