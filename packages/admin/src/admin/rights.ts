import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from './api/queries.ts';
import type { Codename, Session } from './api/types.ts';

export interface Rights {
  /** for what only a superuser may */
  readonly isSuperuser: boolean;
  may(codename: Codename): boolean;
}

/**
 * What this session is allowed, so that nothing is offered that would be refused. It guards nothing: the server does, at
 * every call.
 */
export function rightsOf(session: Session | null | undefined): Rights {
  const held = new Set(session?.user.permissions);
  return { isSuperuser: session?.user.is_superuser ?? false, may: (codename) => held.has(codename) };
}

export function useRights(): Rights {
  return rightsOf(useQuery(sessionQuery).data);
}
