import type { IncomingMessage, ServerResponse } from 'node:http';
import type { App } from '../domain/app.ts';
import { DEFAULT_PICTURE, defaultPicture } from '../domain/media/default-picture.ts';
import { isOwnPicture, pictureType } from '../domain/media/media.ts';
import { pathOf } from './paths.ts';
import { refuseHttp, toAnswer } from './refusals.ts';
import type { Writer } from './write.ts';

/** Where pictures are served. */
export const MEDIA_PATH = '/media/';

/** The address that a picture is served at; null while pictures are off. */
export function pictureUrl({ config, media }: Pick<App, 'config' | 'media'>, name: string): string | null {
  if (media === undefined) return null;
  return `${config.publicUrl ?? ''}${MEDIA_PATH}${name.split('/').map(encodeURIComponent).join('/')}`;
}

/** The name that a path asks for; undefined when it can be nobody's. */
function nameIn(path: string): string | undefined {
  try {
    return decodeURIComponent(path.slice(MEDIA_PATH.length));
  } catch {
    return undefined;
  }
}

/** A name of ours never has other bytes; others may. */
const cachingOf = (name: string) =>
  isOwnPicture(name) ? 'public, max-age=31536000, immutable' : 'public, max-age=3600';

/**
 * Answers GET and HEAD below `/media/`: pictures alone, each as what its ending says, in a sandbox. The name in
 * Content-Disposition is fixed. Other origins may show them: front ends live elsewhere.
 */
export function mediaPages(
  { media }: Pick<App, 'media'>,
  writer: Writer,
): (message: IncomingMessage, response: ServerResponse) => Promise<void> {
  const notFound = (response: ServerResponse) => writer.bare(response, toAnswer(refuseHttp('not_found')));
  return async (message, response) => {
    const { method = '' } = message;
    if (method !== 'GET' && method !== 'HEAD') {
      const refused = toAnswer(refuseHttp('method_not_allowed', { text: method }));
      return writer.bare(response, { ...refused, headers: { Allow: 'GET, HEAD' } });
    }
    const name = nameIn(pathOf(message));
    const type = name === undefined ? undefined : pictureType(name);
    if (media === undefined || name === undefined || type === undefined) return notFound(response);
    const kept = await media.storage.get(name);
    const bytes = kept ?? (name === DEFAULT_PICTURE ? defaultPicture : undefined);
    if (bytes === undefined) return notFound(response);
    const headers = {
      'Cache-Control': cachingOf(name),
      'Content-Disposition': `inline; filename="picture.${type.slice('image/'.length)}"`,
      'Cross-Origin-Resource-Policy': 'cross-origin',
    };
    writer.bytes(response, { type, bytes, headers });
  };
}
