import { Button, Center, Loader, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { InReact } from '../../shared/plain/in-react.tsx';
import { queryClient, sessionQuery } from '../api/queries.ts';
import { texts } from '../texts.ts';
import { signInPage } from './sign-in.ts';
import { StepUp } from './step-up.tsx';

/** Whatever was seen before belongs to somebody else. */
async function welcome(): Promise<void> {
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
  await queryClient.refetchQueries(sessionQuery);
}

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
  if (session === null) return <InReact page={() => signInPage(welcome)} />;
  return (
    <Modal.Stack>
      {children}
      <StepUp username={session.user.username} />
    </Modal.Stack>
  );
}
