import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from '../domain/actor.ts';
import type { App } from '../domain/app.ts';
import type { Origin } from '../domain/audit/event.ts';
import { spend, spendOf } from '../domain/limits/spend.ts';
import { done, type Refusal } from '../domain/outcome.ts';
import {
  type AdminCookie,
  adminCookie,
  admitStaff,
  forgeryInAdmin,
  identifyInAdmin,
} from './admin-session.ts';
import { type Answer, answer } from './answer.ts';
import { BODY_LIMIT, type Data, FIELDS_LIMIT, formLimit, isMultipart, ONE_FILE, readData } from './body.ts';
import { type CookieJar, cookieJar } from './cookies.ts';
import { forgeryIn } from './csrf.ts';
import { readFields } from './fields.ts';
import { bearerOf, identify } from './identify.ts';
import type { Mark } from './mark.ts';
import { metadata } from './metadata.ts';
import { type Format, isRefusal, negotiate } from './negotiate.ts';
import { readQuery } from './query.ts';
import { type HttpRefusal, refuseHttp, toAnswer } from './refusals.ts';
import { identifyOf, METHODS, type Operation, type PathValues, type Route } from './route.ts';

const ANYBODY = done(undefined);

/** Milliseconds that a busy server keeps whom it turns away. Who asks again at once takes its time from those who were let in. */
const A_MOMENT = 25;

/** One request to a route of the API. */
export interface ApiRequest {
  readonly app: App;
  readonly route: Route;
  readonly message: IncomingMessage;
  readonly query: URLSearchParams;
  readonly parameters: PathValues;
  readonly origin: Origin;
  readonly mark: Mark;
  /** is it one of the admin's? */
  readonly isForStaff: boolean;
}

/** The cookies that a request came with, and those that its answer sets. */
interface Cookies {
  readonly jar: CookieJar;
  readonly adminCookie: AdminCookie;
}

/** An answer and how it is to be written. */
export interface Written {
  readonly answer: Answer;
  readonly format: Format;
}

/**
 * Answers a request in REST framework's order of checks: format, Accept, credentials, method, forgery by cookies, permission,
 * limits of the route, parameters, content type, body, fields, and then the use case.
 */
export async function answerApi(request: ApiRequest): Promise<Written> {
  const format = formatOf(request);
  if (isRefusal(format)) return { answer: toAnswer(format), format: COMPACT };
  const jar = cookieJar(request.app.config, request.message);
  const cookies = { jar, adminCookie: adminCookie(request.isForStaff, request.message) };
  const result = await respond(request, cookies);
  if ('ok' in result && result.reason === 'server_busy') await sleep(A_MOMENT);
  const made = 'ok' in result ? toAnswer(result) : result;
  const lines = request.isForStaff ? cookies.adminCookie.lines : jar.lines;
  return { answer: lines.length === 0 ? made : { ...made, cookies: lines }, format };
}

const COMPACT: Format = { kind: 'json', indent: 0 };

/** A file has one form only, whatever is asked for: a link to it in a page asks for HTML. */
function formatOf({ route, message, query }: ApiRequest): Format | HttpRefusal {
  const success = operationFor(route, message.method ?? '')?.success;
  return success !== undefined && 'file' in success
    ? COMPACT
    : negotiate(message.headers.accept, query.get('format'));
}

/** What is answered when all went well. */
function answerTo({ success }: Operation, value: unknown): Answer {
  if (!('file' in success)) return answer(success.status, value);
  return {
    status: success.status,
    body: undefined,
    stream: { ...success.file, chunks: value as AsyncIterable<string> },
  };
}

function operationFor(route: Route, method: string): Operation | undefined {
  const asked = route.answersHead && method === 'HEAD' ? 'GET' : method;
  const known = METHODS.find((one) => one === asked);
  return known && route.operations[known];
}

async function respond(request: ApiRequest, cookies: Cookies): Promise<Answer | Refusal | HttpRefusal> {
  const { app, route, message, isForStaff } = request;
  const { jar, adminCookie } = cookies;
  const method = message.method ?? '';
  const operation = operationFor(route, method);
  const mode = identifyOf(route, operation);
  const identified = isForStaff
    ? await identifyInAdmin(app, mode, message, adminCookie, jar)
    : await identify(app, mode, message, jar);
  if (!identified.ok) {
    request.mark.token = bearerOf(message);
    return identified;
  }
  if (method === 'OPTIONS') return answer(200, metadata(route));
  if (operation === undefined) return refuseHttp('method_not_allowed', { text: method });
  const { value: actor } = identified;
  const forgery = isForStaff
    ? forgeryInAdmin(app.config, message, actor)
    : forgeryIn(app.config, message, operation, actor, jar);
  return forgery ?? perform(request, operation, actor, cookies);
}

/** Reads the body. One that may have a file may be larger, and is counted for who sends it. */
async function readBody(
  app: App,
  message: IncomingMessage,
  { fields, upload }: Operation,
  actor: Actor | undefined,
  origin: Origin,
): Promise<{ readonly data: Data } | Refusal | HttpRefusal> {
  if (upload === undefined || actor === undefined || !isMultipart(message))
    return readData(message, fields ? FIELDS_LIMIT : BODY_LIMIT);
  const counted = await spendOf(app, upload.limits, actor.id, origin);
  return counted.ok ? readData(message, formLimit(upload.bytes), ONE_FILE) : counted;
}

const NO_QUERY = { ok: true, values: {} } as const;

async function perform(
  { app, message, query: given, parameters, origin: from, mark }: ApiRequest,
  operation: Operation,
  actor: Actor | undefined,
  cookies: Cookies,
): Promise<Answer | Refusal | HttpRefusal> {
  const origin = actor === undefined ? from : { ...from, actorId: actor.id };
  const admitted = operation.staff === undefined ? ANYBODY : await admitStaff(app, operation, actor);
  if (!admitted.ok) return admitted;
  const permitted = await operation.permit?.({ app, parameters, actor, staff: admitted.value });
  if (permitted?.ok === false) return permitted;
  if (operation.limits !== undefined) {
    const counted = await spend(app, operation.limits, origin);
    if (!counted.ok) return counted;
  }
  const queried = operation.query ? readQuery(operation.query, given) : NO_QUERY;
  if (!queried.ok) return queried;
  const read =
    message.method === 'GET' || message.method === 'HEAD'
      ? { data: undefined }
      : await readBody(app, message, operation, actor, origin);
  if (!('data' in read)) return read;
  const checked = operation.fields
    ? await readFields(app, operation.fields, read.data)
    : { ok: true as const, values: {} };
  if (!checked.ok) return checked;
  const { values } = checked;
  const outcome = await operation.handle({
    // Not spread: copying objects of several shapes is slow on every request.
    app,
    parameters,
    actor,
    staff: admitted.value,
    jar: cookies.jar,
    adminCookie: cookies.adminCookie,
    origin,
    url: message.url ?? '',
    query: queried.values,
    values,
    data: read.data,
  });
  if (outcome.ok) return answerTo(operation, outcome.value);
  mark.token = tokenIn(values);
  return outcome;
}

/** The token that a route was given to judge. */
function tokenIn(values: Readonly<Record<string, unknown>>): string | undefined {
  const token = values.refresh ?? values.token;
  return typeof token === 'string' ? token : undefined;
}
