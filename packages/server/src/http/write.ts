import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Config } from '../config.ts';
import { type Answer, type TextStream, toJson } from './answer.ts';
import type { Written } from './api.ts';
import { corsHeaders, type Headers, standingHeaders } from './headers.ts';
import { markOf } from './mark.ts';
import { answerPage, PAGE_POLICY } from './page.ts';
import type { PlainAnswer } from './plain-routes.ts';
import { CHALLENGE } from './refusals.ts';
import { allowOf, type Route } from './route.ts';

const HTML = 'text/html; charset=utf-8';
const JSON_TYPE = 'application/json';

/** A file as it is served. */
export interface ServedFile {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly headers: Headers;
  /** who asks has these bytes already: 304 */
  readonly isKept?: boolean;
}

/** Writes answers to the wire: which headers go with which kind of answer is decided here. */
export interface Writer {
  /** an answer of a route of the API; done when all of it is sent */
  api(route: Route, response: ServerResponse, written: Written): void | Promise<void>;
  /** an answer that belongs to no route: JSON, with the headers of the original's error pages */
  bare(response: ServerResponse, answer: Answer): void;
  /** the refusal of a host: no more headers than it has to have */
  stranger(response: ServerResponse, answer: Answer): void;
  plain(response: ServerResponse, answer: PlainAnswer): void;
  /** a file */
  bytes(response: ServerResponse, file: ServedFile): void;
  preflight(response: ServerResponse): void;
  /** to the same path with a slash at the end, or by https; the query kept */
  redirect(response: ServerResponse, location: string): void;
}

/** A body that was not read to its end: the connection is of no use any more. */
function hasUnreadBody({ complete, headers }: IncomingMessage): boolean {
  return (
    !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0)
  );
}

/** Names and values in turn, as Node takes them with the least ado. */
type Head = readonly string[];

const headOf = (headers: Headers): Head => Object.entries(headers).flat();

const ID = 'X-Request-Id';

/** Notes on the request what its answer says no to. */
function noteOn(response: ServerResponse, { refusal }: Answer): void {
  const mark = markOf(response);
  if (mark !== undefined && !response.headersSent) mark.refusal = refusal;
}

/** Writes a whole answer, unless there is one: to a request that took too long. Node adds Date. */
function send(response: ServerResponse, status: number, head: Head, text: string): void {
  if (response.headersSent) return;
  const id = markOf(response)?.requestId ?? '';
  if (hasUnreadBody(response.req)) response.setHeader('Connection', 'close');
  if (response.req.method === 'HEAD' || status === 204) {
    response.writeHead(status, [...head, ID, id]);
    response.end();
    return;
  }
  const length = Buffer.byteLength(text);
  response.writeHead(status, [...head, ID, id, 'Content-Length', String(length)]);
  // Most is ASCII, which Node copies faster than it encodes UTF-8.
  response.end(text, length === text.length ? 'latin1' : 'utf8');
}

/** Sends texts as they come, no faster than they are taken. Who hangs up ends it, which is nobody's fault. */
async function sendStream(response: ServerResponse, head: Head, { chunks }: TextStream): Promise<void> {
  if (response.headersSent) return;
  response.writeHead(200, [...head, ID, markOf(response)?.requestId ?? '']);
  if (response.req.method === 'HEAD') return void response.end();
  try {
    await pipeline(chunks, response);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

const AS_JSON = { Vary: 'Accept, origin', 'Content-Type': JSON_TYPE };

const AS_PAGE = {
  Vary: 'Accept, origin, Cookie',
  'Content-Security-Policy': PAGE_POLICY,
  'Content-Type': HTML,
};

/** To be kept, under this name. */
const fileHeaders = ({ type, name }: TextStream) => ({
  Vary: 'origin',
  'Content-Type': type,
  'Content-Disposition': `attachment; filename="${name}"`,
});

/** A page shows that there is no body (REST framework does the same). */
const statusOfPage = (status: number) => (status === 204 ? 200 : status);

/** The writer for a configuration. */
export function writerFor(config: Config): Writer {
  const standing = standingHeaders(config);
  const common = (request: IncomingMessage) => ({ ...standing, ...corsHeaders(config, request) });
  /** The heads of the usual JSON answers of a route, and of its 401, which are the same every time. */
  const usual = new Map<Route, Head>();
  const challenging = new Map<Route, Head>();

  function jsonHead(route: Route, request: IncomingMessage, more: Headers | undefined): Head {
    if ((more !== undefined && more !== CHALLENGE) || request.headers.origin !== undefined)
      return headOf({ ...common(request), ...more, Allow: allowOf(route), ...AS_JSON });
    const heads = more === undefined ? usual : challenging;
    let head = heads.get(route);
    if (head === undefined) {
      head = headOf({ ...standing, ...more, Allow: allowOf(route), ...AS_JSON });
      heads.set(route, head);
    }
    return head;
  }

  return {
    api(route, response, { answer, format }) {
      const { req } = response;
      if (answer.cookies !== undefined) response.setHeader('Set-Cookie', answer.cookies);
      noteOn(response, answer);
      if (answer.stream !== undefined) {
        const headers = { ...common(req), ...fileHeaders(answer.stream), Allow: allowOf(route) };
        return sendStream(response, headOf(headers), answer.stream);
      }
      if (format.kind === 'json' && answer.status === 204) {
        const headers = { ...common(req), ...answer.headers, Allow: allowOf(route), Vary: AS_JSON.Vary };
        return send(response, 204, headOf(headers), '');
      }
      if (format.kind === 'json') {
        const text = toJson(answer.body, format.indent);
        return send(response, answer.status, jsonHead(route, req, answer.headers), text);
      }
      const { method = '', url = '' } = req;
      const status = statusOfPage(answer.status);
      const shown = answer.status === 204 ? '' : toJson(answer.body, 4);
      const text = answerPage({ name: route.name, method, path: url }, answer.status, shown);
      const headers = { ...common(req), ...answer.headers, Allow: allowOf(route), ...AS_PAGE };
      send(response, status, headOf(headers), text);
    },
    bare(response, answer) {
      const { status, body, headers } = answer;
      noteOn(response, answer);
      const all = { ...common(response.req), Vary: 'origin', ...headers, 'Content-Type': JSON_TYPE };
      send(response, status, headOf(all), toJson(body));
    },
    stranger(response, answer) {
      const { status, body } = answer;
      noteOn(response, answer);
      const all = { ...standing, 'Content-Type': JSON_TYPE, Connection: 'close' };
      send(response, status, headOf(all), toJson(body));
    },
    plain(response, { status, type, text, headers }) {
      const all = { ...common(response.req), Vary: 'origin', ...headers, 'Content-Type': type };
      send(response, status, headOf(all), text);
    },
    bytes(response, { type, bytes, headers, isKept }) {
      if (response.headersSent) return;
      const all = { ...common(response.req), Vary: 'origin', ...headers };
      if (isKept) return void response.writeHead(304, [...headOf(all)]).end();
      response.writeHead(200, [
        ...headOf({ ...all, 'Content-Type': type }),
        'Content-Length',
        String(bytes.length),
      ]);
      response.end(response.req.method === 'HEAD' ? undefined : bytes);
    },
    preflight(response) {
      const all = { ...common(response.req), Vary: 'origin', 'Content-Type': HTML };
      send(response, 200, headOf(all), '');
    },
    redirect(response, location) {
      send(response, 301, headOf({ ...standing, Location: location, 'Content-Type': HTML }), '');
    },
  };
}
