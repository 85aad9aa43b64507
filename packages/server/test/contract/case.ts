import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonObject } from './json.ts';
import type { Renaming } from './names.ts';

/** The state of an account, as `given.accounts` and the admin steps write it. */
export type AccountFields = {
  readonly username?: string;
  readonly email?: string;
  /** null: an unusable password */
  readonly password?: string | null;
  /** this text goes into the password column as it is */
  readonly password_column?: string;
  readonly is_active?: boolean;
  readonly is_staff?: boolean;
  readonly is_superuser?: boolean;
  /** null: the profile row is missing */
  readonly profile?: ProfileFields | null;
};
type ProfileFields = {
  readonly full_name?: string;
  readonly bio?: string;
  readonly image?: string;
  readonly verified?: boolean;
};
export type Account = AccountFields & { readonly username: string; readonly email: string };

/** What cannot be brought about over plain HTTP. */
export type AdminMessage =
  | { readonly op: 'create'; readonly account: Account }
  | { readonly op: 'change'; readonly email: string; readonly set: AccountFields }
  | { readonly op: 'delete'; readonly email: string };

type Pairs = readonly (readonly [name: string, value: Json])[];

/** A request with placeholders in it. At most one of the four bodies is given. */
export type RequestTemplate = {
  readonly method: string;
  readonly path: Json;
  /** a list: the header is sent several times */
  readonly headers?: JsonObject;
  readonly body?: Json;
  readonly bodyText?: Json;
  readonly bodyEncoding?: 'utf-8' | 'latin1' | 'utf-16';
  readonly bodyForm?: Pairs;
  readonly bodyMultipart?: Pairs;
};

export type RequestStep = RequestTemplate & {
  /** 200 when absent */
  readonly status?: number;
  /** member of the answer: the name it is kept under */
  readonly save?: { readonly [member: string]: string };
};
/** Takes what a link of the newest mail to somebody holds: `uid` and `token`. */
export type MailStep = {
  readonly mail: { readonly to: string; readonly save: { readonly [part: string]: string } };
};
export type Step = { readonly wait: number } | { readonly admin: AdminMessage } | MailStep | RequestStep;

type MatchPattern = { readonly $match: string };
/** null: must not be sent (only rules and listed differences say so; a recording just leaves it out) */
export type HeaderPattern = string | readonly string[] | MatchPattern | null;

/**
 * The answer that is expected. The recorded ones have a number, headers and a body; patterns for the status and
 * for the text, and `otherHeaders`, come from the rules (`rules.ts`) and the listed differences.
 */
export type ExpectedResponse = {
  readonly status: number | MatchPattern;
  readonly headers?: { readonly [name: string]: HeaderPattern };
  /** 'any': a watched header that is not listed may have been sent */
  readonly otherHeaders?: 'any';
  /** JSON with patterns; '' none; '<html>' any page */
  readonly body?: Json;
  readonly bodyText?: string | MatchPattern;
  /** the mails that the request sent to any of these; how many is compared, not what they are called */
  readonly mail?: { readonly to: readonly string[]; readonly subjects: readonly string[] };
};

/** One recorded exchange with the original Django system. */
export interface ContractCase {
  readonly name: string;
  readonly given?: {
    readonly accounts?: readonly Account[];
    readonly steps?: readonly Step[];
    readonly server?: 'production' | 'debug' | 'strict';
    readonly names?: readonly string[];
  };
  readonly request: RequestTemplate;
  readonly response: ExpectedResponse;
  readonly newer?: ExpectedResponse;
  readonly note?: string;
  /** how `renameCase` changed the names, so that what others wrote about the case can follow */
  readonly renaming?: Renaming;
}

const RECORDED = join(import.meta.dirname, '../../../../contract/django');

/** The members this machinery knows. One it does not know would be a check that silently never happens. */
const KNOWN = {
  case: ['name', 'given', 'request', 'response', 'newer', 'note'],
  given: ['accounts', 'steps', 'server', 'names'],
  request: ['method', 'path', 'headers', 'body', 'bodyText', 'bodyEncoding', 'bodyForm', 'bodyMultipart'],
  step: ['wait', 'admin', 'mail', 'status', 'save'],
  response: ['status', 'headers', 'body', 'bodyText', 'mail'],
} as const;

/** The cases of one file of contract/django/, such as `register.json`. Throws for what it would not check. */
export function loadCases(file: string): ContractCase[] {
  const cases = JSON.parse(readFileSync(join(RECORDED, file), 'utf8')) as ContractCase[];
  for (const item of cases) {
    const refuse = (part: object | undefined, known: readonly string[], what: string) => {
      const odd = Object.keys(part ?? {}).find((key) => !known.includes(key));
      if (odd !== undefined) throw new Error(`${file}: ${item.name}: ${what} has an unknown member "${odd}"`);
    };
    refuse(item, KNOWN.case, 'the case');
    refuse(item.given, KNOWN.given, 'given');
    refuse(item.request, KNOWN.request, 'request');
    refuse(item.response, KNOWN.response, 'response');
    refuse(item.newer, KNOWN.response, 'newer');
    for (const step of item.given?.steps ?? []) refuse(step, [...KNOWN.request, ...KNOWN.step], 'a step');
  }
  return cases;
}

/** Whether the case was recorded on a server configured as in production (not with DEBUG or djoser's strict options). */
export function isForProduction(item: ContractCase): boolean {
  const server = item.given?.server;
  return server === undefined || server === 'production';
}
