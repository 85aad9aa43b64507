import type { useDraft } from '../api/draft.ts';
import { useLastChangesOfUser } from '../api/last-changes.ts';
import type { User } from '../api/types.ts';
import { texts } from '../texts.ts';
import { Changed } from '../ui/changed.tsx';

const { groups, permissions } = texts.user.rights;
const LABELS = { ...texts.users.fields, groups, permissions };

interface ChangedUserProps {
  readonly draft: Pick<ReturnType<typeof useDraft<User, object>>, 'read' | 'changed'>;
}

/** What somebody else changed of an account meanwhile. */
export function ChangedUser({ draft: { read, changed } }: ChangedUserProps) {
  const last = useLastChangesOfUser(read, Object.keys(changed).length > 0);
  return <Changed title={texts.user.changedMeanwhile} changed={changed} labels={LABELS} last={last} />;
}
