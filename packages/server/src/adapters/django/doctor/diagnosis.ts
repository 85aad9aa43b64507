/** How bad a fault is: `serious` lets somebody in or breaks logins, `warning` should be changed, `advice` may be. */
export type Severity = 'serious' | 'warning' | 'advice';

/** A setting of Django and what it is in Latchkey. Secrets are masked in `value` and `latchkey`. */
export interface Mapped {
  readonly django: string;
  /** file:line; undefined: not set, Django's default */
  readonly at: string | undefined;
  readonly value: string;
  readonly latchkey: string;
}

/** A setting of Django that has nothing in Latchkey, or that could not be read. */
export interface NotMapped {
  readonly django: string;
  readonly at: string | undefined;
  readonly why: string;
  readonly isUnknown: boolean;
}

/** Something wrong with the Django settings, a sentence each for what it is and what to do. */
export interface Fault {
  readonly severity: Severity;
  readonly at: string | undefined;
  readonly what: string;
  readonly todo: string;
}

/** A line of the proposed `.env`. Without a value it has to be filled in, and `example` shows how. */
export interface EnvLine {
  readonly name: string;
  readonly value?: string;
  readonly example?: string;
  readonly comment?: string;
}

/** All that can be said about Django settings for a move to Latchkey. Only `env` has secrets. */
export interface Diagnosis {
  readonly mapped: Mapped[];
  readonly notMapped: NotMapped[];
  readonly faults: Fault[];
  readonly env: EnvLine[];
  /** of `latchkey import-django`, secrets masked */
  readonly importArguments: string[];
}
