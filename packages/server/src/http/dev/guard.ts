import type { IncomingMessage } from 'node:http';
import type { Config } from '../../config.ts';
import { type HttpRefusal, refuseHttp } from '../refusals.ts';

/**
 * Refuses what a page of anybody else makes a browser ask, for reading too: the inbox is worth stealing, and CORS is open in
 * dev. Programs send neither Origin nor Sec-Fetch-Site and are let in. So is a person who follows a link to one of the
 * pages. The Host header has been checked before (`host.ts`): a name that was rebound to this machine never gets here.
 */
export function foreignPage(
  { publicUrl }: Pick<Config, 'publicUrl'>,
  { method, headers }: IncomingMessage,
): HttpRefusal | undefined {
  const { origin, host = '' } = headers;
  const ours = [`http://${host}`, publicUrl && new URL(publicUrl).origin];
  if (origin !== undefined && !ours.includes(origin))
    return refuseHttp('csrf_failed', { text: 'pages of this origin may not do this.' });
  const site = headers['sec-fetch-site'];
  const isVisit = method === 'GET' && headers['sec-fetch-dest'] === 'document';
  if (site === undefined || site === 'same-origin' || site === 'none' || isVisit) return undefined;
  return refuseHttp('csrf_failed', { text: 'the page is of another site.' });
}
