import { Alert } from '@mantine/core';
import { Refused } from 'latchkey-client';
import { texts } from '../texts.ts';

/** Why something cannot be shown. */
export function Fault({ error }: { readonly error: Error }) {
  const title =
    error instanceof Refused && error.status === 403 ? texts.common.notAllowed : texts.common.notShown;
  return (
    <Alert color="red" title={title} role="alert" variant="outline">
      {error.message}
    </Alert>
  );
}
