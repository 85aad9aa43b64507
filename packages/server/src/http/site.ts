import type { IncomingMessage, ServerResponse } from 'node:http';
import type { App } from '../domain/app.ts';
import { adminCookie } from './admin-session.ts';
import { cookieJar } from './cookies.ts';
import { mountFor } from './mount.ts';
import { escapeHtml } from './page.ts';
import { pathOf } from './paths.ts';
import { refuseHttp, toAnswer } from './refusals.ts';
import type { Writer } from './write.ts';

/** The pages, by the folder they are mounted at. */
export type Page = 'admin' | 'account';

type Handler = (message: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** The pages that are on. */
export function pagesOn({ adminApi, adminUi, accountUi }: App['config']): Page[] {
  const on = { admin: adminUi === 'on' && adminApi === 'on', account: accountUi === 'on' };
  return (Object.keys(on) as Page[]).filter((page) => on[page]);
}

/** What carries the nonce of the answer, and nothing else: no other inline code, no other host, no frame around it. */
const policyWith = (nonce: string) =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "img-src 'self' blob:",
    "connect-src 'self'",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** A file that Vite named by its content: it never has other bytes. */
const ASSET = /^assets\/[\w-]+\.(js|css|svg)$/;

const ENCODINGS = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
] as const;

/** Does the browser take this encoding? RFC 9110, 12.5.3. `*` does not name it: those clients get the file as it is. */
function takes({ headers }: IncomingMessage, name: string): boolean {
  const accepted = String(headers['accept-encoding'] ?? '').split(',');
  return accepted.some((one) => {
    const [coding = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase());
    return coding === name && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

/** What a page is told of the server it comes from. */
function factsOf({ config, media }: Pick<App, 'config' | 'media'>) {
  return {
    tokens: config.tokenTransport,
    pages: pagesOn(config),
    pictures: media !== undefined,
    dev: config.profile === 'dev',
  };
}

/** Adds to the built page where it is mounted, what it is told, and the nonce. */
function pageText(html: Uint8Array, base: string, facts: object, nonce: string): string {
  const told = `<base href="${escapeHtml(base)}"><meta name="latchkey" content="${escapeHtml(JSON.stringify(facts))}">`;
  return Buffer.from(html)
    .toString()
    .replace('<head>', () => `<head>${told}`)
    .replaceAll('__NONCE__', () => nonce);
}

/**
 * Tells, as far as a request does, that nobody is signed in here. Our cookies are strict: none of them comes along when a page of
 * another site leads here, so that nothing is known then. A refresh token in localStorage is for the page itself to find.
 */
function strangersAt(page: Page, { config }: Pick<App, 'config'>): (message: IncomingMessage) => boolean {
  if (page === 'account' && config.tokenTransport === 'bearer') return () => true;
  const session = (message: IncomingMessage) =>
    page === 'admin' ? adminCookie(true, message).id : cookieJar(config, message).refresh;
  return (message) => message.headers['sec-fetch-site'] !== 'cross-site' && session(message) === undefined;
}

/** The files that may be the answer for a path below the folder of a page, the best one first. */
function filesFor(page: Page, rest: string, isStranger: boolean): readonly string[] {
  if (rest.startsWith('assets/')) return [];
  const withForm = [`stranger/${page}/${rest}.html`, `stranger/${page}.html`];
  return [...(isStranger ? withForm : []), `${page}.html`];
}

/** Reads the first of these files that there is. */
async function readFirst({ site }: Pick<App, 'site'>, names: readonly string[]) {
  for (const name of names) {
    const bytes = await site.read(name);
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

/** Sends a file of a page; with a tag of its own for each encoding, since the bytes differ. */
async function sendAsset(app: App, writer: Writer, name: string, type: string, response: ServerResponse) {
  const { req: message } = response;
  for (const encoding of [...ENCODINGS.filter((one) => takes(message, one.name)), undefined]) {
    const bytes = await app.site.read(`${name}${encoding?.ending ?? ''}`);
    if (bytes === undefined) continue;
    const tag = `"${name.slice('assets/'.length)}${encoding?.ending ?? ''}"`;
    const headers = {
      'Cache-Control': 'public, max-age=31536000, immutable',
      ETag: tag,
      Vary: 'Accept-Encoding',
      ...(encoding !== undefined && { 'Content-Encoding': encoding.name }),
    };
    const isKept = (message.headers['if-none-match'] ?? '').split(/\s*,\s*/).includes(tag);
    return writer.bytes(response, { type, bytes, headers, isKept });
  }
  return writer.bare(response, toAnswer(refuseHttp('not_found')));
}

/**
 * Answers GET and HEAD at and below the folder of a page: its files, and for every other path the page itself, which finds its way
 * by its address; for a stranger with the form in it, where it starts with one. The page is never kept by a cache, for each answer has a nonce of its own; its files are kept for good.
 */
export function siteHandler(app: App, writer: Writer, page: Page): Handler {
  const mountOf = mountFor(app.config);
  const facts = factsOf(app);
  const isStranger = strangersAt(page, app);
  return async (message, response) => {
    const { method = '' } = message;
    if (method !== 'GET' && method !== 'HEAD') {
      const refused = toAnswer(refuseHttp('method_not_allowed', { text: method }));
      return writer.bare(response, { ...refused, headers: { Allow: 'GET, HEAD' } });
    }
    const path = pathOf(message);
    if (path === `/${page}`) return writer.redirect(response, `${page}/`);
    const rest = path.slice(`/${page}/`.length);
    const ending = ASSET.exec(rest)?.[1];
    if (ending !== undefined) return sendAsset(app, writer, rest, TYPES[ending] ?? '', response);
    const html = await readFirst(app, filesFor(page, rest, isStranger(message)));
    if (html === undefined) return writer.bare(response, toAnswer(refuseHttp('not_found')));
    const base = `${mountOf(message)}/${page}/`;
    const nonce = Buffer.from(app.random.bytes(18)).toString('base64');
    writer.plain(response, {
      status: 200,
      type: 'text/html; charset=utf-8',
      text: pageText(html, base, facts, nonce),
      headers: { 'Content-Security-Policy': policyWith(nonce) },
    });
  };
}
