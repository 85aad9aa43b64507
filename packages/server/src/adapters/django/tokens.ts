import type { SourceToken } from '../../domain/import/source.ts';
import { SourceFault } from '../../domain/import/source-fault.ts';
import type { DjangoDatabase } from './database.ts';
import type { Layout } from './layout.ts';
import { pages, rowsBetween, spanOf } from './rows.ts';
import { anyText, INSTANT, or, text, WHOLE } from './values.ts';

/** SimpleJWT's column has room for 255 characters. */
const JTI_LENGTH = 255;

interface Payload {
  readonly jti: string | undefined;
  /** milliseconds */
  readonly expiresAt: number | undefined;
}

const NOTHING: Payload = { jti: undefined, expiresAt: undefined };

/** What the text of a token says of itself. Nothing is verified, and of a broken text nothing is known. */
export function payloadOf(token: string | undefined): Payload {
  const [, body, , ...more] = token?.split('.') ?? [];
  if (body === undefined || more.length > 0) return NOTHING;
  try {
    const payload: unknown = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
    if (typeof payload !== 'object' || payload === null) return NOTHING;
    const { jti, exp } = payload as { readonly jti?: unknown; readonly exp?: unknown };
    const expiresAt = typeof exp === 'number' ? Math.floor(exp * 1_000) : undefined;
    return {
      jti: typeof jti === 'string' && jti !== '' && jti.length <= JTI_LENGTH ? jti : undefined,
      expiresAt: Number.isSafeInteger(expiresAt) ? expiresAt : undefined,
    };
  } catch {
    return NOTHING;
  }
}

/** When each token of a batch was blacklisted, by the id of its row; at first, if it was so more than once. */
async function blacklistedOf(db: DjangoDatabase, { blacklisted }: Layout, span: readonly [number, number]) {
  const instants = new Map<number, number>();
  if (blacklisted === undefined) return instants;
  const selection = { table: blacklisted, key: 'id', shape: { token_id: WHOLE, blacklisted_at: INSTANT } };
  for (const { token_id, blacklisted_at } of await rowsBetween(db, selection, 'token_id', span)) {
    instants.set(token_id, Math.min(blacklisted_at, instants.get(token_id) ?? blacklisted_at));
  }
  return instants;
}

function selectionOf(db: DjangoDatabase, { outstanding, users }: Layout) {
  if (outstanding === undefined) return undefined;
  return {
    table: outstanding,
    key: 'id',
    shape: {
      jti: text(JTI_LENGTH),
      token: anyText(16_384),
      user_id: or(WHOLE, undefined),
      expires_at: or(INSTANT, undefined),
      owner: or(WHOLE, undefined),
    },
    expressions: { owner: 'u."id"' },
    join: `left join ${db.nameOf(users)} u on u."id" = t."user_id"`,
  };
}

/**
 * All refresh tokens by jti. A row whose token text names another jti gives both, so that a blacklisted token is dead by either.
 * A token of an account that is not there is given only when it is blacklisted, and without the account.
 */
export async function* readTokens(
  db: DjangoDatabase,
  layout: Layout,
): AsyncGenerator<readonly SourceToken[]> {
  const selection = selectionOf(db, layout);
  if (selection === undefined) return;
  for await (const rows of pages(db, selection)) {
    const blacklisted = await blacklistedOf(db, layout, spanOf(rows));
    const tokens = rows.flatMap(({ key, jti, token, user_id, owner, expires_at }) => {
      const blacklistedAt = blacklisted.get(key);
      const isDangling = user_id !== undefined && owner === undefined;
      if (isDangling && blacklistedAt === undefined) return [];
      const said = payloadOf(token);
      if (expires_at === undefined && said.expiresAt === undefined) {
        throw new SourceFault(selection.table.name, key, 'expires_at', 'is empty');
      }
      const expiresAt = Math.max(expires_at ?? -Infinity, said.expiresAt ?? -Infinity);
      const jtis = new Set([jti, said.jti ?? jti]);
      return [...jtis].map((one) => ({ jti: one, userId: owner, expiresAt, blacklistedAt }));
    });
    if (tokens.length > 0) yield tokens;
  }
}
