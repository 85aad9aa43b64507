import { Button, Center, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { texts } from '../texts.ts';
import { SignIn } from './sign-in.tsx';
import { StepUp } from './step-up.tsx';

/**
 * The pages for who is signed in, and signing in for everybody else. The address stays what it was, so that a deep link
 * leads where it should, and no parameter says where to go.
 */
export function Gate({ children }: { readonly children: ReactNode }) {
  const { data: session, error, isPending, refetch } = useQuery(sessionQuery);
  if (isPending)
    return (
      <Center mih="100vh">
        <Loader aria-label={texts.common.loading} />
      </Center>
    );
  if (error !== null)
    return (
      <Center mih="100vh">
        <Stack align="center" role="alert">
          <Text>{texts.common.serverAway}</Text>
          <Button onClick={() => refetch()}>{texts.common.tryAgain}</Button>
        </Stack>
      </Center>
    );
  if (session === null) return <SignIn />;
  return (
    <>
      {children}
      <StepUp username={session.user.username} />
    </>
  );
}
