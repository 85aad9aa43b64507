import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import type { Refusal } from '../outcome.ts';
import { readForOperator } from '../tokens/reading.ts';
import type { RefusalDetail } from './refusal-note.ts';

/** A request that was refused, with the token it was refused for, if any. The token itself goes no further. */
export interface RefusedRequest {
  readonly origin: Origin;
  readonly method: string;
  readonly route: string;
  /** of the domain, or of HTTP, which has reasons of its own */
  readonly refusal: Omit<Refusal, 'reason'> & {
    readonly reason: string;
    /** messages by field; they may repeat what was typed */
    readonly fields?: Readonly<Record<string, readonly string[]>>;
  };
  readonly token: string | undefined;
}

function detailOf({ refusal }: RefusedRequest): RefusalDetail {
  const { faults, waitSeconds, token, inside } = refusal;
  const fields = [
    ...Object.entries(faults ?? {}).map(([name, list]) => [name, list.map(({ code }) => code)] as const),
    ...Object.keys(refusal.fields ?? {}).map((name) => [name, ['faulty']] as const),
  ];
  return {
    ...(inside?.userId === undefined ? {} : { userId: inside.userId }),
    ...(inside?.limit === undefined ? {} : { limit: inside.limit }),
    ...(waitSeconds === undefined ? {} : { waitSeconds }),
    ...(token === undefined ? {} : { tokenReason: token }),
    ...(fields.length === 0 ? {} : { fields: Object.fromEntries(fields) }),
  };
}

/**
 * Notes why a request was refused, for the operator; who asked hears nothing of it. The note is written later, and
 * not at all when there are too many: a flood costs what it cost before.
 */
export function noteRefusal(
  app: Pick<App, 'clock' | 'keys' | 'djangoKeys' | 'config' | 'notebook'>,
  request: RefusedRequest,
): void {
  const { origin, method, route, refusal, token } = request;
  const at = app.clock.now();
  if (!app.notebook.hasRoom(origin.ip, at)) return;
  const read = token === undefined ? {} : { token: readForOperator(app, token, at) };
  const { requestId, ip } = origin;
  const detail = { ...detailOf(request), ...read };
  app.notebook.refused({ at, requestId, method, route, reason: refusal.reason, ip, detail });
}
