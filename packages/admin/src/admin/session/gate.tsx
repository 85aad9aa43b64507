import { Button, Center, Loader, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Activity, type ReactNode, useEffect } from 'react';
import { InReact } from '../../shared/plain/in-react.tsx';
import { forgetPerson, queryClient, sessionQuery } from '../api/queries.ts';
import { texts } from '../texts.ts';
import { signInPage } from './sign-in.ts';
import { StepUp } from './step-up.tsx';

const welcome = () => queryClient.refetchQueries(sessionQuery, { throwOnError: true });

const SignIn = () => <InReact page={() => signInPage(welcome)} />;

/** It is not known yet who is there. */
function Unknown({ error, retry }: { readonly error: Error | null; readonly retry: () => void }) {
  return (
    <Center mih="100vh">
      {error === null ? (
        <Loader aria-label={texts.common.loading} />
      ) : (
        <Stack align="center" role="alert">
          <Text>{texts.common.serverAway}</Text>
          <Button onClick={retry}>{texts.common.tryAgain}</Button>
        </Stack>
      )}
    </Center>
  );
}

/** How long the pages of somebody whose session ended wait for him. Milliseconds. */
const LONGEST_WAIT = 15 * 60_000;

/**
 * The pages for who is signed in, and signing in for everybody else. The address stays what it was, so that a deep link
 * leads where it should, and no parameter says where to go. Whose session ended in the middle of something finds it again, its
 * dialogs too, unless another person signs in, or nobody does for a quarter of an hour: then nothing of it is left in the page.
 */
export function Gate({ children }: { readonly children: ReactNode }) {
  const { data: person, error, refetch } = useQuery(sessionQuery);
  const hasEnded = person?.hasEnded ?? false;
  useEffect(() => {
    if (!hasEnded) return;
    const timer = setTimeout(forgetPerson, LONGEST_WAIT);
    return () => clearTimeout(timer);
  }, [hasEnded]);
  if (person === undefined) return <Unknown error={error} retry={() => refetch()} />;
  if (person === null) return <SignIn />;
  const { user } = person;
  return (
    <>
      <Modal.Stack key={user.id}>
        <Activity mode={hasEnded ? 'hidden' : 'visible'}>{children}</Activity>
        {!hasEnded && <StepUp username={user.username} />}
      </Modal.Stack>
      {hasEnded && <SignIn />}
    </>
  );
}
