import { texts } from '../texts.ts';
import { Changed } from '../ui/changed.tsx';

const { groups, permissions } = texts.user.rights;
const LABELS = { ...texts.users.fields, groups, permissions };

/** What somebody else changed of an account meanwhile. */
export function ChangedUser({ changed }: { readonly changed: Readonly<Record<string, unknown>> }) {
  return <Changed title={texts.user.changedMeanwhile} changed={changed} labels={LABELS} />;
}
