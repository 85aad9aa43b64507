import type { Oddity } from '../../domain/import/source.ts';
import type { DjangoDatabase } from './database.ts';
import type { Layout } from './layout.ts';
import { pages } from './rows.ts';
import { payloadOf } from './tokens.ts';
import { anyText, INSTANT, or } from './values.ts';

/** How long the signatures of HMAC are in base64url. */
const SIGNATURE_LENGTHS: Readonly<Record<string, number>> = { HS256: 43, HS384: 64, HS512: 86 };

/** Is a signature cut off? Only of HMAC the length is known. */
function isCutOff(token: string): boolean {
  const [header = '', , signature = ''] = token.split('.');
  try {
    const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as { alg?: unknown };
    const length = SIGNATURE_LENGTHS[String(alg)];
    return length !== undefined && signature.length !== length;
  } catch {
    return true;
  }
}

type IsGenuine = ((token: string) => boolean) | undefined;

function oddityOf(
  row: { jti: string; token: string; expires_at: number | undefined },
  isGenuine: IsGenuine,
): string | undefined {
  if (row.token === '') return 'empty-token';
  const said = payloadOf(row.token);
  if (said.jti === undefined || isCutOff(row.token)) return 'damaged-token';
  if (isGenuine?.(row.token) === false) return 'bad-signature';
  if (said.jti !== row.jti) return 'jti-mismatch';
  const isSame =
    said.expiresAt === undefined ||
    row.expires_at === undefined ||
    Math.abs(said.expiresAt - row.expires_at) < 1_000;
  return isSame ? undefined : 'expires-mismatch';
}

/** Tokens whose text is missing, is damaged, is not genuine if that can be told, or says something else than their row. */
export async function* readTokenOddities(
  db: DjangoDatabase,
  { outstanding }: Layout,
  isGenuine: IsGenuine,
): AsyncGenerator<readonly Oddity[]> {
  if (outstanding === undefined) return;
  const shape = { jti: anyText(255), token: or(anyText(16_384), ''), expires_at: or(INSTANT, undefined) };
  for await (const rows of pages(db, { table: outstanding, key: 'id', shape })) {
    yield rows.flatMap(({ key, jti, token, expires_at }) => {
      const kind = oddityOf({ jti: jti ?? '', token: token ?? '', expires_at }, isGenuine);
      return kind === undefined ? [] : [{ table: outstanding.name, id: key, kind }];
    });
  }
}
