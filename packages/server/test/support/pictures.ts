import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, crc32, deflateRawSync, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { type Reply, type World, test as worldTest } from './world.ts';

/** A red picture. */
export const red = (width = 40, height = 30) =>
  sharp({ create: { width, height, channels: 3, background: '#ff0000' } });

/** A chunk of a PNG, with its checksum. */
export function chunk(type: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** A PNG of one bit a pixel, all of it black, with more chunks before its pixels. */
export function bitmapPng(width: number, height: number, more: readonly Buffer[] = []): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = Buffer.alloc((1 + Math.ceil(width / 8)) * Math.min(height, 4_096));
  const parts = [
    chunk('IHDR', header),
    ...more,
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([SIGNATURE, ...parts]);
}

/** So many times ten million zeros as a zlib stream, made without packing all of them (RFC 1950). */
export function zerosPacked(times: number): Buffer {
  const size = 10_000_000;
  const piece = deflateRawSync(Buffer.alloc(size), { finishFlush: constants.Z_FULL_FLUSH });
  const sum = Buffer.from([0, 0, 0, 1]);
  sum.writeUInt16BE((times * size) % 65_521, 0);
  return Buffer.concat([Buffer.from([0x78, 0x9c]), ...Array(times).fill(piece), Buffer.from([3, 0]), sum]);
}

/** The header of a JPEG of any size, and nothing behind it. */
export function jpegHeader(width: number, height: number): Buffer {
  const frame = Buffer.from([
    0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0, 0, 0, 0, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1,
  ]);
  frame.writeUInt16BE(height, 7);
  frame.writeUInt16BE(width, 9);
  const scan = Buffer.from([0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 0x3f, 0]);
  return Buffer.concat([frame, scan, Buffer.alloc(64), Buffer.from([0xff, 0xd9])]);
}

export interface Part {
  readonly bytes: Uint8Array;
  readonly fileName?: string;
  readonly type?: string;
  readonly field?: string;
}

/** A multipart body, as a browser or something worse sends it. */
export function formOf(parts: readonly Part[]): Buffer {
  const lines = parts.flatMap(({ bytes, fileName = 'a.png', type = 'image/png', field = 'image' }) => [
    Buffer.from(
      `--cut\r\nContent-Disposition: form-data; name="${field}"; filename="${fileName}"\r\nContent-Type: ${type}\r\n\r\n`,
    ),
    bytes,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...lines, Buffer.from('--cut--\r\n')]);
}

const FORM = 'multipart/form-data; boundary=cut';

/** PATCH /api/profile/ with a body of bytes. */
export async function sendForm(world: World, token: string, body: Uint8Array, type = FORM) {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': type };
  const url = `${world.baseUrl}/api/profile/`;
  const response = await fetch(url, { method: 'PATCH', headers, body: new Uint8Array(body) });
  return { status: response.status, json: (await response.json()) as Reply['json'] };
}

export const sendPicture = (world: World, token: string, bytes: Uint8Array, more: Omit<Part, 'bytes'> = {}) =>
  sendForm(world, token, formOf([{ bytes, ...more }]));

/** The bytes that are served under the name that a profile has, and the headers. */
export async function servedPicture(world: World, image: string) {
  const response = await fetch(`${world.baseUrl}/media/${image}`);
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

/** `test` with a media folder of its own: `({ folder, world })`, the world keeping its pictures there. */
export const test = worldTest.extend<{ folder: string; world: World }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names from the pattern
  folder: async ({}, use) => {
    const own = mkdtempSync(join(tmpdir(), 'latchkey-media-'));
    const folder = join(own, 'media');
    mkdirSync(folder);
    await use(folder);
    rmSync(own, { recursive: true, force: true });
  },
  world: async ({ open, folder }, use) => {
    await use(await open({ MEDIA_URL: `file:${folder}` }));
  },
});
