import { client } from '../api/call.ts';
import { useDeed } from '../api/deed.ts';
import { useDraft } from '../api/draft.ts';
import { keepThing } from '../api/queries.ts';
import type { User } from '../api/types.ts';
import { texts } from '../texts.ts';

const USER = '/api/admin/users/{id}/';

/** What is typed about an account, and saving it, unless somebody else changed the account since it was read. */
export function useSaveUser<Values extends object>(user: User, shows: readonly string[]) {
  const draft = useDraft<User, Values>(user);
  const deed = useDeed({
    run: (changes: Partial<Values>) =>
      client.patch(USER, { path: { id: user.id }, body: { ...changes, version: draft.read.version } }),
    said: () => texts.common.saved,
    after: (saved) => {
      keepThing(USER, user.id, saved);
      draft.end();
    },
    shows,
    meet: draft.meet,
  });
  return { draft, deed };
}
