import type { ContractCase, ExpectedResponse } from './case.ts';
import { isList, isObject, type Json, type JsonObject, mapMembers } from './json.ts';
import { escapedForRegExp } from './names.ts';

/**
 * A way in which Latchkey differs from the original everywhere, on purpose. `rewrite` turns the recorded answer into
 * the one Latchkey owes; it is told of no answer, so it cannot excuse one. Every rule has its row in the table
 * "Everywhere" of docs/differences.md.
 */
export interface Rule {
  readonly id: string;
  applies(item: ContractCase): boolean;
  rewrite(expected: ExpectedResponse, item: ContractCase): ExpectedResponse;
}

/** The case with its expected answer rewritten by every rule that applies, in the order of the rules. */
export function applyRules(item: ContractCase, rules: readonly Rule[]): ContractCase {
  let response = item.response;
  for (const rule of rules) {
    const before = { ...item, response };
    if (rule.applies(before)) response = rule.rewrite(response, before);
  }
  return { ...item, response };
}

type PayloadChange = (payload: JsonObject, kind: string) => JsonObject;

/** Changes the recorded claims of the tokens in an expected body. */
function mapPayloads(node: Json, change: PayloadChange): Json {
  if (isList(node)) return node.map((item) => mapPayloads(item, change));
  if (!isObject(node)) return node;
  const kind = typeof node.$any === 'string' && node.$any.startsWith('jwt:') ? node.$any.slice(4) : undefined;
  if (kind !== undefined && isObject(node.payload)) return { ...node, payload: change(node.payload, kind) };
  return mapMembers(node, (member) => mapPayloads(member, change));
}

function ruleOnPayloads(id: string, change: PayloadChange): Rule {
  const rewrite = (expected: ExpectedResponse): ExpectedResponse => {
    return expected.body === undefined ? expected : { ...expected, body: mapPayloads(expected.body, change) };
  };
  return {
    id,
    applies: ({ response }) => JSON.stringify(rewrite(response)) !== JSON.stringify(response),
    rewrite,
  };
}

/** E1 (D4, D5): the tokens name their session, after the documents' own claims. */
const sessionInTokens = ruleOnPayloads('E1', (payload, kind) => {
  return kind === 'access' || kind === 'refresh' ? { ...payload, sid: { $any: 'string' } } : payload;
});

/** E2 (D2): registering answers id, username, email. */
const idInRegistration: Rule = {
  id: 'E2',
  applies: ({ request, response: { status, body } }) =>
    String(request.path).startsWith('/api/register/') &&
    status === 201 &&
    isObject(body) &&
    Object.keys(body).join() === 'email,username',
  rewrite: (expected) => {
    const { email = null, username = null } = isObject(expected.body) ? expected.body : {};
    const body = { id: { $any: 'int' }, username, email };
    if (typeof expected.bodyText !== 'string') return { ...expected, body };
    return { ...expected, body, bodyText: reorderedText(expected.bodyText) };
  },
};

/** The recorded spelling of both values is kept: some of these cases are about how a character is escaped. */
function reorderedText(recorded: string): { readonly $match: string } {
  const found = /^\{"email":(".*"),"username":(".*")\}$/s.exec(recorded);
  if (!found) throw new Error(`not the text of a registration: ${recorded}`);
  const [, email = '', username = ''] = found.map(escapedForRegExp);
  return { $match: `^\\{"id":\\d+,"username":${username},"email":${email}\\}$` };
}

/**
 * E3 (D9: claims are fresh): a refreshed access token is issued now; SimpleJWT 5.3.1 copies the iat of the old refresh
 * token, the newest does not. No leeway: the usual five seconds would let the old iat pass.
 */
const freshAccessTokens = ruleOnPayloads('E3', (payload, kind) => {
  const isCopied = isObject(payload.iat) && '$claim' in payload.iat;
  return kind === 'access' && isCopied
    ? { ...payload, iat: { $any: 'time', near: 'now', within: 0 } }
    : payload;
});

/** E4 (D9): no HTML for errors. A crash of the original is a refusal here: some clean 4xx, whose headers follow from it. */
const errorsAreJson: Rule = {
  id: 'E4',
  applies: ({ response: { status, body } }) => body === '<html>' && [400, 404, 500].includes(Number(status)),
  rewrite: (expected) => {
    const headers = { ...expected.headers, 'Content-Type': 'application/json' };
    const body = { $has: { detail: { $any: 'string' } } };
    if (expected.status !== 500) return { ...expected, headers, body };
    return { ...expected, status: { $match: '^4\\d\\d$' }, headers, otherHeaders: 'any', body };
  },
};

export const RULES: readonly Rule[] = [sessionInTokens, idInRegistration, freshAccessTokens, errorsAreJson];
