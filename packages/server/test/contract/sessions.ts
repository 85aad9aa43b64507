import type { ContractCase } from './case.ts';
import { isList, isObject, type Json, type JsonObject, mapMembers } from './json.ts';

/**
 * The case with its tokens made on the spot bound to a session: where one takes its `user_id` from the token of a
 * login, it takes the `sid` from the same. Latchkey refuses tokens that name no session, so that without this every
 * case about some other oddity of a token would be a refusal for the wrong reason.
 */
export function withSessions(item: ContractCase): ContractCase {
  return { ...item, request: bindTokens(item.request) as ContractCase['request'] };
}

function bindTokens(node: Json): Json {
  if (isList(node)) return node.map(bindTokens);
  if (!isObject(node)) return node;
  if (isObject(node.$jwt)) return { ...node, $jwt: bindToken(node.$jwt) };
  return mapMembers(node, bindTokens);
}

function bindToken(spec: JsonObject): JsonObject {
  const login = loginNamedIn(spec);
  if (login === undefined) return spec;
  const sid = { $claim: [login, 'sid'], as: 'string' };
  if (isObject(spec.payload)) return { ...spec, payload: { ...spec.payload, sid } };
  const pieces = isObject(spec.payloadText) ? spec.payloadText.$join : undefined;
  const last = isList(pieces) ? pieces.at(-1) : undefined;
  if (!isList(pieces) || typeof last !== 'string' || !last.endsWith('}')) return spec;
  return {
    ...spec,
    payloadText: { $join: [...pieces.slice(0, -1), last.slice(0, -1), ',"sid":"', sid, '"}'] },
  };
}

/** The name of the saved token whose `user_id` is used. */
function loginNamedIn(node: Json): string | undefined {
  if (!isList(node) && !isObject(node)) return undefined;
  if (isObject(node) && isList(node.$claim) && node.$claim[1] === 'user_id') return String(node.$claim[0]);
  for (const member of Object.values(node)) {
    const found = loginNamedIn(member);
    if (found !== undefined) return found;
  }
  return undefined;
}
