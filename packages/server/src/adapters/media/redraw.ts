import type { Sharp, SharpOptions } from 'sharp';
import { PICTURE_SIDE, type PictureFault, type Redraw, UPLOAD_SIDE } from '../../domain/media/media.ts';
import { isAnimatedPng, pictureKind } from '../../domain/media/picture-header.ts';

type SharpModule = (input: Uint8Array, options: SharpOptions) => Sharp;

let loading: Promise<SharpModule> | undefined;

/** Loads libvips when the first picture comes, with none of its readers but three. */
async function load(): Promise<SharpModule> {
  const { default: sharp } = await import('sharp');
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
  });
  sharp.cache(false);
  // One core a picture: the queue says how many pictures.
  sharp.concurrency(1);
  return sharp;
}

const OPTIONS: SharpOptions = {
  limitInputPixels: UPLOAD_SIDE * UPLOAD_SIDE,
  failOn: 'error',
  sequentialRead: true,
};

const SECONDS = 10;

/** What the header says, before a pixel is decoded. */
async function faultOf(sharp: SharpModule, bytes: Uint8Array): Promise<PictureFault | undefined> {
  const kind = pictureKind(bytes);
  if (kind === undefined) return 'no_picture';
  const {
    format,
    width,
    height,
    pages = 1,
  } = await sharp(bytes, {
    ...OPTIONS,
    limitInputPixels: false,
  }).metadata();
  if (format !== kind) return 'no_picture';
  if (width > UPLOAD_SIDE || height > UPLOAD_SIDE) return 'too_wide';
  return pages > 1 || (kind === 'png' && isAnimatedPng(bytes)) ? 'animated' : undefined;
}

/** By sharp (libvips), in a thread of its own. What libvips cannot read is no picture. */
export const redrawWithSharp: Redraw = async (bytes) => {
  loading ??= load();
  const sharp = await loading;
  try {
    const fault = await faultOf(sharp, bytes);
    if (fault !== undefined) return fault;
    const side = { width: PICTURE_SIDE, height: PICTURE_SIDE };
    return await sharp(bytes, OPTIONS)
      .timeout({ seconds: SECONDS })
      .autoOrient()
      .resize({ ...side, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .webp({ quality: 82, effort: 3 })
      .toBuffer();
  } catch {
    return 'no_picture';
  }
};
