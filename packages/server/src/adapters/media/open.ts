import type { Media, MediaStorage } from '../../domain/media/media.ts';
import { hashQueue } from '../../domain/passwords/hash-queue.ts';
import type { Clock } from '../../domain/system.ts';
import { folderStorage } from './folder.ts';
import { redrawWithSharp } from './redraw.ts';
import { s3Storage } from './s3.ts';

/** One at a time: a picture may take 64 MB and a core. */
const QUEUE = { concurrency: 1, waiting: 30, patience: 10_000 };

function storageOf(address: string): MediaStorage {
  return address.startsWith('s3:') ? s3Storage(address) : folderStorage(address.replace(/^file:/, ''));
}

/** What MEDIA_URL names; undefined when it is off. Nothing is opened until a picture comes. */
export function openMedia(address: string, clock: Clock): Media | undefined {
  if (address === 'off') return undefined;
  return { storage: storageOf(address), redraw: redrawWithSharp, queue: hashQueue(clock, QUEUE) };
}
