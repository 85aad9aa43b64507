import { Alert } from '@mantine/core';
import { Refused } from 'latchkey-client';
import { type ReactNode, useState } from 'react';
import type { Codename } from '../api/types.ts';
import { useRights } from '../rights.ts';
import { texts } from '../texts.ts';

function Alarm({ title, children }: { readonly title: string; readonly children: string }) {
  return (
    <Alert color="red" title={title} role="alert" variant="outline">
      {children}
    </Alert>
  );
}

/** Why something cannot be shown. */
export function Fault({ error }: { readonly error: Error }) {
  const isForbidden = error instanceof Refused && error.status === 403;
  return <Alarm title={isForbidden ? texts.common.notAllowed : texts.common.notShown}>{error.message}</Alarm>;
}

interface AllowedProps {
  readonly codename: Codename;
  readonly children: ReactNode;
}

/** What only who has this right is shown; and who had it when it was opened, for he may have typed something. */
export function Allowed({ codename, children }: AllowedProps) {
  const isAllowed = useRights().may(codename);
  const [wasAllowed] = useState(isAllowed);
  if (isAllowed || wasAllowed) return children;
  return <Alarm title={texts.common.notAllowed}>{texts.common.notAllowedAbout}</Alarm>;
}
