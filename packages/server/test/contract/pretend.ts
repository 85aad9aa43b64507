import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AdminMessage, ExpectedResponse, HeaderPattern } from './case.ts';
import { isList, isObject, type Json, mapMembers } from './json.ts';
import { fill, isPlaceholder, newScene, type Scene, secondsOf, type Target } from './placeholders.ts';
import type { WireAnswer } from './send.ts';
import { signToken } from './tokens.ts';

// What the machinery's own tests play against: no part of Latchkey.

export interface Heard {
  readonly method: string;
  readonly url: string;
  /** flat: name, value, name, value */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}
interface Said {
  readonly status: number;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string;
}
export interface PretendTarget extends Target {
  readonly heard: Heard[];
  readonly messages: AdminMessage[];
  close(): Promise<void>;
}

export const NOON = Date.UTC(2026, 0, 1, 12);

/** A server on a free port that answers what it is told to; its clock starts at NOON and moves by `wait` only. */
export async function startPretend(answer: (heard: Heard) => Said): Promise<PretendTarget> {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    const one = await hear(request);
    heard.push(one);
    const { status, headers = {}, body = '' } = answer(one);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...targetAt(baseUrl),
    heard,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function hear(request: IncomingMessage): Promise<Heard> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = '', url = '', rawHeaders } = request;
  return { method, url, rawHeaders, body: Buffer.concat(chunks) };
}

function targetAt(baseUrl: string): Target & { readonly messages: AdminMessage[] } {
  const messages: AdminMessage[] = [];
  let now = NOON;
  return {
    baseUrl,
    secret: 'the key of the server',
    messages,
    now: () => now,
    wait: async (seconds) => {
      now += seconds * 1000;
    },
    admin: async (message) => {
      messages.push(message);
    },
    mails: async () => [],
  };
}

/** A scene nothing was sent in yet. */
export function sceneAtNoon(): Scene {
  return newScene(targetAt('http://127.0.0.1:8000'));
}

/** An answer that is as expected, as far as placeholders can be filled from the scene. */
export function answerAsExpected(expected: ExpectedResponse, scene: Scene): WireAnswer {
  const status = typeof expected.status === 'number' ? expected.status : 400;
  const headers = Object.entries(expected.headers ?? {}).flatMap(([name, want]) => sentHeaders(name, want));
  const mailedTo = expected.mail?.subjects.map((_, index) => expected.mail?.to[index] ?? '') ?? [];
  return { status, headers, body: bodyText(expected, scene), scene, mailedTo };
}

function sentHeaders(name: string, want: HeaderPattern): [string, string][] {
  if (want === null) return [];
  if (typeof want === 'string') return [[name, want]];
  if ('$match' in want) return [[name, want.$match]];
  if (name === 'Set-Cookie') return want.map((cookie) => [name, `${cookie}=x; Path=/`]);
  return [[name, [...want].reverse().join(', ')]];
}

function bodyText({ body, bodyText: text }: ExpectedResponse, scene: Scene): string {
  if (typeof text === 'string') return text;
  if (body === '<html>') return '<!DOCTYPE html><title>x</title>';
  return body === undefined || body === '' ? '' : JSON.stringify(fitting(body, scene));
}

/** A value that fits the pattern. */
function fitting(node: Json, scene: Scene): Json {
  if (isList(node)) return node.map((item) => fitting(item, scene));
  if (!isObject(node)) return node;
  if (isPlaceholder(node)) return fill(node, scene);
  if (isObject(node.$has)) return fitting(node.$has, scene);
  if (node.$match !== undefined) return '1';
  const kind = typeof node.$any === 'string' ? node.$any : '';
  if (kind.startsWith('jwt:')) {
    const payload = isObject(node.payload) ? fitting(node.payload, scene) : { token_type: kind.slice(4) };
    const header = node.header ?? { alg: 'HS256', typ: 'JWT' };
    return signToken(header, Buffer.from(JSON.stringify(payload)), 'HS256', scene.target.secret);
  }
  if (kind === 'time') return secondsOf(node.near, scene.sentAt) ?? 0;
  if (kind !== '') return kind === 'int' ? 1 : 'f'.repeat(32);
  return mapMembers(node, (member) => fitting(member, scene));
}
