import { randomBytes } from 'node:crypto';
import type { AdminMessage } from './case.ts';
import { dollarKey, isList, isObject, type Json, type JsonObject, mapMembers, show } from './json.ts';
import { changePart, decodeToken, flipLast, signToken } from './tokens.ts';

/** A mail and its link, if it has one. */
export interface SentMail {
  readonly to: string;
  /** of its link, if it has one */
  readonly uid?: string;
  readonly token?: string;
}

/** The server under test. */
export interface Target {
  readonly baseUrl: string;
  /** the HS256 key it signs its tokens with */
  readonly secret: string;
  /** milliseconds since 1970 by the server's clock */
  now(): number;
  /** moves the server's clock */
  wait(seconds: number): Promise<void>;
  /** makes, changes and deletes accounts directly */
  admin(message: AdminMessage): Promise<void>;
  /** sends the mails that wait, and gives all that were ever sent, the oldest first */
  mails(): Promise<readonly SentMail[]>;
}

/** What one run of one case knows: what was saved, the dice thrown, and when the last request was made. */
export interface Scene {
  readonly target: Target;
  readonly saved: Map<string, string>;
  readonly uuids: Map<string, string>;
  /** whole seconds since 1970; between the two the server took its own reading of the clock */
  sentAt: number;
  answeredAt: number;
}

export function newScene(target: Target): Scene {
  const now = Math.floor(target.now() / 1000);
  return { target, saved: new Map(), uuids: new Map(), sentAt: now, answeredAt: now };
}

/** `now`, `now+300`, `now-2.5` in seconds since 1970; undefined for any other text. */
export function secondsOf(text: Json | undefined, now: number): number | undefined {
  const found = typeof text === 'string' ? /^now([+-]\d+(?:\.\d+)?)?$/.exec(text) : null;
  return found ? now + Number(found[1] ?? 0) : undefined;
}

/** Puts values in the place of all placeholders. Throws for a `$` it does not know. */
export function fill(template: Json, scene: Scene): Json {
  return fillNode(template, scene, false);
}

/** The same where only a text makes sense. */
export function fillText(template: Json | undefined, scene: Scene): string {
  const value = template === undefined ? undefined : fill(template, scene);
  if (typeof value !== 'string') throw new Error(`expected a text, got ${show(value)}`);
  return value;
}

/** Whether the node is a placeholder (and not a pattern or plain data). */
export function isPlaceholder(node: Json): boolean {
  const key = isObject(node) ? dollarKey(node) : undefined;
  return key !== undefined && key in FILLERS;
}

/** `times`: inside the payload of a token, where `now+300` stands for a number. */
function fillNode(node: Json, scene: Scene, times: boolean): Json {
  if (typeof node === 'string') return times ? (secondsOf(node, scene.sentAt) ?? node) : node;
  if (isList(node)) return node.map((item) => fillNode(item, scene, times));
  if (!isObject(node)) return node;
  const key = dollarKey(node);
  if (key === undefined) return mapMembers(node, (member) => fillNode(member, scene, times));
  const filler = FILLERS[key];
  if (filler === undefined) throw new Error(`unknown placeholder ${show(node)}`);
  return filler(node[key] ?? null, scene, node);
}

type Filler = (given: Json, scene: Scene, node: JsonObject) => Json;

const FILLERS: Readonly<Record<string, Filler>> = {
  $token: (name, { saved }) => saved.get(String(name)) ?? fail(`nothing was saved as ${show(name)}`),
  $claim: claimOf,
  $jwt: (spec, scene) => makeToken(objectIn(spec), scene),
  $edit: (spec, scene) => editToken(objectIn(spec), scene),
  $join: (items, scene) =>
    listIn(items)
      .map((item) => String(fill(item, scene)))
      .join(''),
  $repeat: (given, scene) => fillText(listIn(given)[0], scene).repeat(Number(listIn(given)[1])),
  $now: (text, { sentAt }) => secondsOf(text, sentAt) ?? fail(`not a time: ${show(text)}`),
  $string: (text, scene) => String(secondsOf(text, scene.sentAt) ?? fill(text, scene)),
  $uuid: (name, { uuids }) => uuidOf(String(name), uuids),
  $host: (_given, { target }) => new URL(target.baseUrl).host,
};

function uuidOf(name: string, uuids: Map<string, string>): string {
  const known = uuids.get(name) ?? randomBytes(16).toString('hex');
  uuids.set(name, known);
  return known;
}

function claimOf(given: Json, scene: Scene, node: JsonObject): Json {
  const [name, claim] = listIn(given);
  const payload = decodeToken(fillText({ $token: name ?? null }, scene))?.payload;
  const value = payload?.[String(claim)];
  if (value === undefined) return fail(`no claim ${show(claim)} in the token ${show(name)}`);
  if (node.as === 'int') return Number(value);
  return node.as === 'string' ? String(value) : value;
}

const TRIES = 500;

function makeToken(spec: JsonObject, scene: Scene): string {
  const known = new Set(scene.uuids.keys());
  for (let tries = 0; tries < TRIES; tries++) {
    const key =
      spec.key === undefined || spec.key === 'server' ? scene.target.secret : fillText(spec.key, scene);
    const header = spec.header ?? { alg: 'HS256', typ: 'JWT' };
    const token = signToken(header, payloadBytes(spec, scene), String(spec.sign ?? 'HS256'), key);
    if (spec.signatureHas === undefined) return token;
    if (token.split('.')[2]?.includes(String(spec.signatureHas))) return token;
    // another jti, another signature
    for (const name of scene.uuids.keys()) if (!known.has(name)) scene.uuids.delete(name);
  }
  return fail(`no token found whose signature has ${show(spec.signatureHas)}`);
}

function payloadBytes(spec: JsonObject, scene: Scene): Buffer {
  if (spec.payloadBytes !== undefined) return Buffer.from(fillText(spec.payloadBytes, scene), 'latin1');
  if (spec.payloadText !== undefined) return Buffer.from(fillText(spec.payloadText, scene), 'utf8');
  return Buffer.from(JSON.stringify(fillNode(spec.payload ?? {}, scene, true)), 'utf8');
}

function editToken(spec: JsonObject, scene: Scene): string {
  return changePart(fillText(spec.of, scene), String(spec.part ?? 'all'), (text) => {
    if (spec.cut !== undefined) return text.slice(0, text.length - Number(spec.cut));
    if (spec.append !== undefined) return text + fillText(spec.append, scene);
    if (spec.set !== undefined) return fillText(spec.set, scene);
    if (spec.xorLast !== undefined) return flipLast(text, Number(spec.xorLast));
    const [first, second] = listIn(spec.insert ?? spec.replace ?? null);
    if (spec.replace !== undefined) return text.replaceAll(String(first), String(second));
    return text.slice(0, Number(first)) + String(second) + text.slice(Number(first));
  });
}

function listIn(node: Json): readonly Json[] {
  return isList(node) ? node : fail(`expected a list, got ${show(node)}`);
}

function objectIn(node: Json): JsonObject {
  return isObject(node) ? node : fail(`expected an object, got ${show(node)}`);
}

function fail(sentence: string): never {
  throw new Error(sentence);
}
