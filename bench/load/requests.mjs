// From what a peer says about its requests to the bytes on the wire.
import { peerNamed } from '../peers/all.mjs';

/**
 * @typedef {{ method: string, path: string, headers?: Record<string, string>, body?: unknown }} Request
 * @typedef {{ bytes(): Buffer, took(answer: import('./connection.mjs').Answer): void }} Script
 *   what one connection asks: the next request, and what it learns from its answer
 * @typedef {Record<string, string>} Session what a client keeps after a login
 * @typedef {{ username: string, email: string, password: string }} Person
 */

/** @param {Request} request @param {number} port */
export function encode({ method, path, headers = {}, body }, port) {
  const text = body === undefined ? '' : JSON.stringify(body);
  const lines = [`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== undefined)
    lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${text}`);
}

/** Somebody nobody was before. @param {string} prefix @param {number} number @returns {Person} */
export function person(prefix, number) {
  const username = `${prefix}${number}`;
  return { username, email: `${username}@example.com`, password: 'Correct-horse-7-battery' };
}

const isGood = (/** @type {number} */ status) => status >= 200 && status < 300;

/** @param {Request} request @param {number} port @returns {Script} */
function same(request, port) {
  const bytes = encode(request, port);
  return { bytes: () => bytes, took: () => {} };
}

/**
 * The script of one connection. A session that is refreshed is replaced in `sessions`, so that the chain can go on later.
 * @param {{ peer: string, kind: string, port: number, number: number, connections: number, sessions: Session[], people: Person[], prefix: string }} options
 * @returns {Script}
 */
export function scriptOf({ peer, kind, port, number, connections, sessions, people, prefix }) {
  const { wire } = peerNamed(peer);
  const place = number % Math.max(1, sessions.length);
  switch (kind) {
    case 'health':
      return same({ method: 'GET', path: wire.healthPath }, port);
    case 'get':
      return same(wire.get(sessions[place]), port);
    case 'login':
      return same(wire.login(people[number % people.length]), port);
    case 'refresh':
      return {
        bytes: () => encode(wire.refresh(sessions[place]), port),
        took(answer) {
          if (isGood(answer.status)) sessions[place] = wire.refreshed(sessions[place], answer);
        },
      };
    case 'mixed': {
      // Of twenty requests one is a login, five rotate, the others read; not all connections do the same at a time.
      const as = (/** @type {string} */ one) =>
        scriptOf({ peer, kind: one, port, number, connections, sessions, people, prefix });
      const [refresh, login] = [as('refresh'), as('login')];
      let at = number * 7;
      // The access token changes with each rotation: reading takes the newest.
      const now = () => (at % 20 === 0 ? login : at % 4 === 1 ? refresh : as('get'));
      return {
        bytes: () => now().bytes(),
        took(answer) {
          now().took(answer);
          at += 1;
        },
      };
    }
    case 'refresh-many': {
      // Each request another session: a big table is not measured by sixteen rows of it.
      let at = number;
      return {
        bytes: () => encode(wire.refresh(sessions[at % sessions.length]), port),
        took(answer) {
          const place = at % sessions.length;
          if (isGood(answer.status)) sessions[place] = wire.refreshed(sessions[place], answer);
          at += connections;
        },
      };
    }
    case 'register': {
      let count = 0;
      const next = () => person(`${prefix}x${number}x`, count++);
      return { bytes: () => encode(wire.register(next()), port), took: () => {} };
    }
    default:
      throw new Error(`no such kind of request: ${kind}`);
  }
}
