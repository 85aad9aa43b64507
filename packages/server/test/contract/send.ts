import { request as httpRequest } from 'node:http';
import type { RequestTemplate } from './case.ts';
import { isList, type Json } from './json.ts';
import { fill, fillText, type Scene } from './placeholders.ts';

/** What came back over the wire, nothing interpreted. */
export interface WireAnswer {
  readonly status: number;
  /** as sent: repeated headers several times, letter case kept */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** what the placeholders of the expected answer stand for */
  readonly scene: Scene;
  /** to whom mails went because of the request; undefined where nobody asks */
  readonly mailedTo?: readonly string[];
}

interface EncodedBody {
  readonly data: Buffer;
  readonly type?: string;
}

const BODILESS = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']);
const PATIENCE_MILLISECONDS = 30_000;
const BOUNDARY = 'BoUnDaRy';

/** Sends the request with exactly the headers listed (and Host, Content-Type of the body, Content-Length, Connection). */
export async function send(template: RequestTemplate, scene: Scene): Promise<WireAnswer> {
  scene.sentAt = Math.floor(scene.target.now() / 1000);
  const body = encodeBody(template, scene);
  const headers = encodeHeaders(template, body, scene);
  const path = fillText(template.path, scene);
  const answer = await exchange(scene.target.baseUrl, { method: template.method, path, headers }, body?.data);
  scene.answeredAt = Math.floor(scene.target.now() / 1000);
  return { ...answer, scene };
}

function encodeBody(template: RequestTemplate, scene: Scene): EncodedBody | undefined {
  if (template.body !== undefined) {
    return { data: Buffer.from(JSON.stringify(fill(template.body, scene))), type: 'application/json' };
  }
  if (template.bodyText !== undefined) {
    return { data: encodeText(fillText(template.bodyText, scene), template.bodyEncoding) };
  }
  if (template.bodyForm) {
    const pairs = template.bodyForm.map(([name, value]): [string, string] => [name, fillText(value, scene)]);
    const form = new URLSearchParams(pairs).toString();
    return { data: Buffer.from(form), type: 'application/x-www-form-urlencoded' };
  }
  if (template.bodyMultipart) {
    const parts = template.bodyMultipart.map(([name, value]) => {
      return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${fillText(value, scene)}\r\n`;
    });
    const data = Buffer.from(`${parts.join('')}--${BOUNDARY}--\r\n`);
    return { data, type: `multipart/form-data; boundary=${BOUNDARY}` };
  }
  return undefined;
}

function encodeText(text: string, encoding: RequestTemplate['bodyEncoding']): Buffer {
  if (encoding === 'latin1') return Buffer.from(text, 'latin1');
  // U+FEFF first: the byte order mark
  if (encoding === 'utf-16') return Buffer.from(`\ufeff${text}`, 'utf16le');
  return Buffer.from(text, 'utf8');
}

/** A flat list of names and values, which node:http sends as it is. */
function encodeHeaders(template: RequestTemplate, body: EncodedBody | undefined, scene: Scene): string[] {
  const listed = Object.entries(template.headers ?? {}).flatMap(([name, value]) => {
    const values: readonly Json[] = isList(value) ? value : [value];
    return values.map((one) => [name, fillText(one, scene)] as const);
  });
  const isListed = (name: string) => listed.some(([other]) => other.toLowerCase() === name);
  const pairs: (readonly [string, string])[] = [];
  if (!isListed('host')) pairs.push(['Host', new URL(scene.target.baseUrl).host]);
  if (body?.type !== undefined && !isListed('content-type')) pairs.push(['Content-Type', body.type]);
  pairs.push(...listed);
  if (body) pairs.push(['Content-Length', String(body.data.length)]);
  else if (!BODILESS.has(template.method)) pairs.push(['Content-Length', '0']);
  pairs.push(['Connection', 'close']);
  return pairs.flat();
}

interface Outgoing {
  readonly method: string;
  readonly path: string;
  readonly headers: string[];
}

function exchange(baseUrl: string, outgoing: Outgoing, data?: Buffer): Promise<Omit<WireAnswer, 'scene'>> {
  const { hostname, port } = new URL(baseUrl);
  const options = { ...outgoing, host: hostname, port, agent: false, timeout: PATIENCE_MILLISECONDS };
  return new Promise((resolve, reject) => {
    const request = httpRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        resolve({
          status,
          headers: inPairs(response.rawHeaders),
          body: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', reject);
    request.end(data);
  });
}

function inPairs(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2)
    pairs.push([flat[index] ?? '', flat[index + 1] ?? '']);
  return pairs;
}
