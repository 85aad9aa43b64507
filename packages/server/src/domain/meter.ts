import type { LimitName } from './limits/limit.ts';
import type { Rotation } from './store.ts';

/** One answered request, by words from closed lists only: what a caller can choose never becomes a name of a series. */
export interface MeteredRequest {
  /** the pattern of a route, or `none` */
  readonly route: string;
  /** the usual methods, or `other` */
  readonly method: string;
  /** or `aborted`, when the caller hung up before the answer was written */
  readonly status: number | 'aborted';
  readonly ms: number;
}

/** Counts and times requests, for the operator. */
export interface RequestMeter {
  requestStarted(): void;
  requestEnded(request: MeteredRequest): void;
}

/** Counts and times what happens, for the operator. */
export interface Meter {
  /** somebody opened an account for himself */
  signedUp(): void;
  /** a password waits to be hashed; then it is started or refused */
  hashQueued(): void;
  hashStarted(waitedMs: number): void;
  hashEnded(): void;
  hashRefused(): void;
  /** somebody tried to log in; `busy`: his password was not looked at */
  loginTried(result: 'ok' | 'failed' | 'busy' | 'throttled'): void;
  /** a refresh token of ours was presented for a new pair */
  rotationTried(result: Rotation['kind']): void;
  /** somebody was turned away with 429 */
  limitHit(limit: LimitName): void;
  /** one password was tried on many names */
  sprayingSeen(): void;
}
