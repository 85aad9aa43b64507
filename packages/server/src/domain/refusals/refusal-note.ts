import type { TokenReading } from '../tokens/reading.ts';

/** What is kept of a request that was refused, for `latchkey explain`. Never the token, nor what was typed. */
export interface RefusalNote {
  readonly at: number;
  readonly requestId: string;
  readonly method: string;
  /** the path of the route; `''` when it is none of ours, for such a path may hold anything */
  readonly route: string;
  readonly reason: string;
  readonly ip: string;
  readonly detail: RefusalDetail;
}

/** What the reason does not say by itself. */
export interface RefusalDetail {
  /** the account whose password was tried */
  readonly userId?: number;
  readonly limit?: string;
  readonly waitSeconds?: number;
  /** what was wrong with the token, in one word */
  readonly tokenReason?: string;
  readonly token?: TokenReading;
  /** the faults, by field */
  readonly fields?: Readonly<Record<string, readonly string[]>>;
}
