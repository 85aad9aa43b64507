import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { type MediaStorage, MediaUnavailable } from '../../domain/media/media.ts';

/** Milliseconds for one request, answer and all. */
const PATIENCE = 5_000;

/** Bytes of an object that is passed on. */
const LONGEST = 8 * 1_048_576;

interface Place {
  readonly client: AwsClient;
  /** of bucket and prefix, with a slash at the end */
  readonly base: string;
}

function placeOf(address: string): Place {
  const url = new URL(address);
  const isPlain = url.searchParams.get('tls') === 'off';
  const [bucket = '', ...prefix] = url.pathname.split('/').filter(Boolean);
  const path = [bucket, ...prefix].map((part) => `${part}/`).join('');
  return {
    client: new AwsClient({
      accessKeyId: decodeURIComponent(url.username),
      secretAccessKey: decodeURIComponent(url.password),
      service: 's3',
      region: url.searchParams.get('region') ?? 'us-east-1',
      retries: 1,
    }),
    base: `${isPlain ? 'http' : 'https'}://${url.host}/${path}`,
  };
}

const urlOf = ({ base }: Place, name: string) => base + name.split('/').map(encodeURIComponent).join('/');

async function ask(place: Place, method: string, name: string, body?: Uint8Array): Promise<Response> {
  const digest = createHash('sha256')
    .update(body ?? '')
    .digest('hex');
  const headers = { 'X-Amz-Content-Sha256': digest, ...(body && { 'Content-Type': 'image/webp' }) };
  const signal = AbortSignal.timeout(PATIENCE);
  const init = { method, headers, signal, redirect: 'error' as const };
  try {
    return await place.client.fetch(urlOf(place, name), body ? { ...init, body: Buffer.from(body) } : init);
  } catch (error) {
    throw new MediaUnavailable('the object storage does not answer', { cause: error });
  }
}

const refused = (method: string, { status }: Response) =>
  new MediaUnavailable(`the object storage answered ${method} with ${status}`);

async function bytesOf(response: Response): Promise<Uint8Array | undefined> {
  if (Number(response.headers.get('content-length') ?? 0) > LONGEST) {
    await response.body?.cancel();
    return undefined;
  }
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw new MediaUnavailable('the object storage broke off', { cause: error });
  }
}

/**
 * Pictures in a bucket that speaks S3, addressed by path and signed with AWS Signature Version 4. The address is that
 * of MEDIA_URL. The bucket may be private: pictures are read through this server.
 */
export function s3Storage(address: string): MediaStorage {
  const place = placeOf(address);
  return {
    async put(name, bytes) {
      const response = await ask(place, 'PUT', name, bytes);
      await response.body?.cancel();
      if (!response.ok) throw refused('PUT', response);
    },
    async get(name) {
      const response = await ask(place, 'GET', name);
      if (response.ok) return bytesOf(response);
      await response.body?.cancel();
      if (response.status === 404) return undefined;
      throw refused('GET', response);
    },
    async remove(name) {
      const response = await ask(place, 'DELETE', name);
      await response.body?.cancel();
      if (!response.ok && response.status !== 404) throw refused('DELETE', response);
    },
  };
}
