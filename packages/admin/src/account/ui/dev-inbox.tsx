import { Anchor } from '@mantine/core';
import { facts } from '../../shared/facts.ts';
import { serverRoot } from '../../shared/page.ts';
import { texts } from '../texts.ts';

/** On a development server: where the mail is. */
export function DevInbox() {
  return facts.dev ? <Anchor href={`${serverRoot}dev/inbox/`}>{texts.devInbox}</Anchor> : null;
}
