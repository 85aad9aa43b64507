// One keep-alive connection over a raw socket: node's own HTTP client would take more of the machine than the
// servers that are measured.
import { connect } from 'node:net';

/**
 * @typedef {{ status: number, head: string, body: Buffer }} Answer a status of 0 means: no answer
 * @typedef {{ send(bytes: Buffer, done: (answer: Answer) => void): void, close(): void }} Connection
 */

const NOTHING = Buffer.alloc(0);

/** @type {Answer} */
const NO_ANSWER = { status: 0, head: '', body: NOTHING };

/** The chunks of a chunked body, or undefined while some are missing. @param {Buffer} bytes */
function unchunk(bytes) {
  const parts = [];
  for (let at = 0; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = Number.parseInt(bytes.latin1Slice(at, line), 16);
    if (size === 0) return bytes.length >= line + 4 ? Buffer.concat(parts) : undefined;
    if (bytes.length < line + 4 + size) return undefined;
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 4 + size;
  }
}

/**
 * The one answer in these bytes, or undefined while it is not whole. Requests are never pipelined, so nothing follows.
 * @param {Buffer} bytes
 * @param {boolean} ended the server has closed
 * @returns {Answer | undefined}
 */
function parseAnswer(bytes, ended) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = bytes.latin1Slice(0, end);
  const status = Number(head.slice(9, 12));
  const rest = bytes.subarray(end + 4);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (length !== null) return rest.length < Number(length[1]) ? undefined : { status, head, body: rest };
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    const body = unchunk(rest);
    return body && { status, head, body };
  }
  if (status === 204 || ended) return { status, head, body: rest };
  return undefined;
}

/**
 * Opens when first used, and again when the server has closed (gunicorn's plain workers do after every answer).
 * One request at a time.
 * @param {number} port
 * @returns {Connection}
 */
export function openConnection(port) {
  /** @type {import('node:net').Socket | undefined} */
  let socket;
  let received = NOTHING;
  /** @type {{ bytes: Buffer, done: (answer: Answer) => void, fresh: boolean } | undefined} */
  let pending;

  function finish(/** @type {Answer} */ answer) {
    const { done } = pending ?? {};
    pending = undefined;
    received = NOTHING;
    if (/\r\nconnection: *close/i.test(answer.head)) drop();
    done?.(answer);
  }

  function drop() {
    socket?.removeAllListeners();
    socket?.on('error', () => {});
    socket?.destroy();
    socket = undefined;
  }

  function onData(/** @type {Buffer} */ chunk) {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const answer = parseAnswer(received, false);
    if (answer !== undefined) finish(answer);
  }

  function onClose() {
    drop();
    if (pending === undefined) return;
    // The server may have closed an idle connection just as the request went out: that one is sent again.
    if (received.length === 0 && !pending.fresh) return send(pending.bytes, pending.done);
    finish(parseAnswer(received, true) ?? NO_ANSWER);
  }

  function send(/** @type {Buffer} */ bytes, /** @type {(answer: Answer) => void} */ done) {
    pending = { bytes, done, fresh: socket === undefined };
    if (socket === undefined) {
      socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket
        .on('data', onData)
        .on('error', () => {})
        .on('close', onClose);
    }
    socket.write(bytes);
  }

  return {
    send,
    close() {
      pending = undefined;
      drop();
    },
  };
}
