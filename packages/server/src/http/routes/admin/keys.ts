import { listKeysForStaff, retireKeyAsStaff, rotateKeyAsStaff } from '../../../domain/admin/keys.ts';
import type { ListedKey } from '../../../domain/keys/list.ts';
import { done, type Outcome, type Reason, refuse } from '../../../domain/outcome.ts';
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../../domain/tokens/keys.ts';
import type { Data } from '../../body.ts';
import { ISO_OR_NULL, iso } from '../../iso.ts';
import { operation, type Route, staffOf } from '../../route.ts';

const EXAMPLE = {
  kid: '72Pto6QU1CES73Dqh46tojEQ-NLO4JimnyNOUAORgAU',
  algorithm: 'EdDSA',
  state: 'next',
  created_at: '2026-01-05T09:00:00.000Z',
  signs_from: '2026-01-05T09:05:30.000Z',
  signs_until: null,
  verifies_until: null,
};

const KEY = {
  type: 'object',
  required: Object.keys(EXAMPLE),
  properties: {
    kid: { type: 'string', description: '`SECRET_KEY` for the setting of that name' },
    algorithm: { type: 'string' },
    state: { type: 'string', enum: ['signing', 'next', 'standby', 'verifying', 'old', 'retired'] },
    created_at: ISO_OR_NULL,
    signs_from: ISO_OR_NULL,
    signs_until: ISO_OR_NULL,
    verifies_until: { ...ISO_OR_NULL, description: 'From then on nothing it signed is accepted' },
  },
};

const OK = { status: 200 as const, schema: KEY, example: EXAMPLE };

/** The times of SECRET_KEY are not known until another key has taken over. */
const known = (at: number | undefined) => iso(at || undefined);

function toBody({ kid, algorithm, state, createdAt, signsFrom, signsUntil, verifiesUntil }: ListedKey) {
  return {
    kid,
    algorithm,
    state,
    created_at: known(createdAt),
    signs_from: known(signsFrom),
    signs_until: iso(signsUntil),
    verifies_until: iso(verifiesUntil),
  };
}

interface Order {
  readonly algorithm: SigningAlgorithm | undefined;
  readonly isAtOnce: boolean;
}

const WORDS: Readonly<Record<string, boolean>> = { true: true, false: false };

/** The members of a body in JSON or of a form. */
function orderIn(data: Data): Outcome<Order, 'faulty_fields'> {
  const body: Readonly<Record<string, unknown>> =
    typeof data === 'object' && data !== null ? { ...data } : {};
  const algorithm = SIGNING_ALGORITHMS.find((one) => one === body.algorithm);
  const isAtOnce = WORDS[String(body.now ?? false)];
  const faults = {
    ...(body.algorithm !== undefined &&
      algorithm === undefined && { algorithm: [{ code: 'choice_unknown' as const }] }),
    ...(isAtOnce === undefined && { now: [{ code: 'not_a_boolean' as const }] }),
  };
  return isAtOnce === undefined || Object.keys(faults).length > 0
    ? refuse('faulty_fields', { faults })
    : done({ algorithm, isAtOnce });
}

function withBody<R extends Reason>(outcome: Outcome<ListedKey, R>): Outcome<unknown, R> {
  return outcome.ok ? done(toBody(outcome.value)) : outcome;
}

/** GET /api/admin/keys/: the keys of the ring. */
export const adminKeysRoute: Route = {
  path: '/api/admin/keys/',
  chapter: 'Admin',
  name: 'Admin Keys',
  description: 'The keys that tokens are signed with. Nothing secret of them is shown.',
  identify: 'required',
  operations: {
    GET: operation({
      summary: 'List the signing keys and what each does, the newest first',
      staff: 'view_key',
      query: {},
      success: { status: 200, schema: { type: 'array', items: KEY }, example: [EXAMPLE] },
      refusals: [],
      handle: async (call) => done((await listKeysForStaff(call.app, staffOf(call))).map(toBody)),
    }),
  },
};

/** POST /api/admin/keys/rotate/: a new key signs. */
export const adminKeyRotationRoute: Route = {
  path: '/api/admin/keys/rotate/',
  chapter: 'Admin',
  name: 'Admin Key Rotation',
  description: 'Another key signs; what the others signed is accepted for as long as it can last.',
  identify: 'required',
  operations: {
    POST: operation({
      summary: 'Have a new key sign, as soon as all servers and readers have it, or at once',
      staff: 'change_key',
      stepUp: true,
      bodySchema: {
        type: 'object',
        properties: {
          algorithm: { type: 'string', enum: SIGNING_ALGORITHMS, default: 'EdDSA' },
          now: { type: 'boolean', default: false, description: 'At once; a rotation under way is dropped' },
        },
      },
      example: { algorithm: 'EdDSA', now: false },
      success: OK,
      refusals: ['faulty_fields', 'rotation_under_way'],
      handle: async (call) => {
        const order = orderIn(call.data);
        if (!order.ok) return order;
        return withBody(await rotateKeyAsStaff(call.app, staffOf(call), order.value, call.origin));
      },
    }),
  },
};

/** POST /api/admin/keys/{kid}/retire/: nothing that a key signed is accepted any more. */
export const adminKeyRetirementRoute: Route = {
  path: '/api/admin/keys/{kid}/retire/',
  parameters: { kid: { about: 'The kid of a key', pattern: '[\\w-]{1,200}', example: EXAMPLE.kid } },
  chapter: 'Admin',
  name: 'Admin Key Retirement',
  description: 'Makes an end of what a key signed: its holders log in again.',
  identify: 'required',
  operations: {
    POST: operation({
      summary: 'Accept nothing any more that a key has signed',
      staff: 'change_key',
      stepUp: true,
      success: { ...OK, example: { ...EXAMPLE, state: 'retired' } },
      refusals: ['key_unknown', 'key_is_signing', 'key_is_next', 'key_is_retired'],
      handle: async (call) => {
        const { kid = '' } = call.parameters;
        return withBody(await retireKeyAsStaff(call.app, staffOf(call), kid, call.origin));
      },
    }),
  },
};
