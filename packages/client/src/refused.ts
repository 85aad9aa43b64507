/** What is wrong with each field of a body; `non_field_errors` is about all of it. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');

function fieldsIn(body: unknown): FieldErrors {
  const entries = Object.entries(typeof body === 'object' && body !== null ? body : {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, readonly string[]] => isTexts(entry[1])),
  );
}

const textIn = (body: unknown, key: string): string | undefined => {
  const value = (body as Record<string, unknown> | null | undefined)?.[key];
  return typeof value === 'string' ? value : undefined;
};

/** A server said no. REST framework's two shapes are read: `{detail, code}`, and messages by field. */
export class Refused extends Error {
  readonly status: number;
  /** such as `token_not_valid` or `step_up_required` */
  readonly code: string | undefined;
  /** empty unless the body has faulty fields */
  readonly fields: FieldErrors;
  /** seconds; of a 429 or 503 */
  readonly retryAfter: number | undefined;
  /** by which the server's operator finds the request in the log */
  readonly requestId: string | undefined;
  /** all that was answered, for what only one code has to say */
  readonly body: unknown;

  constructor(response: Response, body: unknown) {
    const fields = fieldsIn(body);
    super(
      textIn(body, 'detail') ?? Object.values(fields).flat()[0] ?? `The server answered ${response.status}.`,
    );
    this.name = 'Refused';
    this.status = response.status;
    this.code = textIn(body, 'code');
    this.fields = fields;
    const retryAfter = Number(response.headers.get('Retry-After') ?? Number.NaN);
    this.retryAfter = Number.isFinite(retryAfter) ? retryAfter : undefined;
    this.body = body;
    this.requestId = response.headers.get('X-Request-Id') ?? undefined;
  }
}

/** Was it said that there is no such session, or none any more? */
export const isSessionRefused = (error: unknown): boolean =>
  error instanceof Refused && [400, 401].includes(error.status);
