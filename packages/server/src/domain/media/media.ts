import type { HashQueue } from '../passwords/hash-queue.ts';
import { type Random, randomHex } from '../system.ts';

/** The folder or bucket that pictures are kept in. Each throws `MediaUnavailable` when it cannot be reached. */
export interface MediaStorage {
  /** The bytes are there whole under the name, or not at all. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** undefined: there is none, or it is not inside */
  get(name: string): Promise<Uint8Array | undefined>;
  /** Nothing happens when there is none. */
  remove(name: string): Promise<void>;
}

/** The storage does not answer. */
export class MediaUnavailable extends Error {
  override readonly name = 'MediaUnavailable';
}

/** Why a file becomes no picture. */
export type PictureFault = 'no_picture' | 'too_wide' | 'animated';

/**
 * Draws an uploaded picture anew: its pixels alone, turned as its camera says, at most `PICTURE_SIDE` wide and high,
 * in WebP. Nothing else of the file is in what it gives.
 */
export type Redraw = (bytes: Uint8Array) => Promise<Uint8Array | PictureFault>;

/** What profiles need to have pictures. */
export interface Media {
  readonly storage: MediaStorage;
  readonly redraw: Redraw;
  /** drawing takes memory and a core: a few at a time */
  readonly queue: HashQueue;
}

/** Bytes of an uploaded picture. */
export const PICTURE_BYTES = 2_097_152;

/** Pixels of an uploaded picture, each way. */
export const UPLOAD_SIDE = 4_096;

/** Pixels of a picture that is kept, each way. */
export const PICTURE_SIDE = 512;

/** A name that nobody can guess, and nothing of the name that it was sent with. */
export function newPictureName(random: Random): string {
  return `pictures/${randomHex(random, 16)}.webp`;
}

/** Is it one of ours? Such a name belongs to one account and one picture, for good. */
export function isOwnPicture(name: string): boolean {
  return /^pictures\/[0-9a-f]{32}\.webp$/.test(name);
}

const TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
};

/** CON, NUL and the like are devices on Windows, whatever the ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * The media type that a picture of the name is served as, by its ending. Undefined for a name that is not served: it
 * leads elsewhere, is hidden, or is no picture's.
 */
export function pictureType(name: string): string | undefined {
  const parts = name.split('/');
  const isPlain = (part: string) =>
    /^[\p{L}\p{N}_-][\p{L}\p{N}\p{M}_.() +@,-]*$/u.test(part) && !part.endsWith('.') && !DEVICE.test(part);
  if (name.length > 300 || !parts.every(isPlain)) return undefined;
  const ending = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(TYPES, ending) ? TYPES[ending] : undefined;
}
