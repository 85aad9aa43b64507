/** Where something stands: the file as it was opened, and the line, from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

type Content =
  | { readonly kind: 'none' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'number'; readonly value: number }
  /** a str, or bytes of ASCII */
  | { readonly kind: 'text'; readonly value: string; readonly isBytes: boolean }
  /** a list, tuple or set; not whole when something in it could not be read */
  | { readonly kind: 'list'; readonly items: readonly PythonValue[]; readonly isWhole: boolean }
  /** a dict, as far as its keys are texts; not whole when something in it could not be read */
  | {
      readonly kind: 'dict';
      readonly entries: ReadonlyMap<string, PythonValue>;
      readonly isWhole: boolean;
    }
  | { readonly kind: 'duration'; readonly seconds: number }
  | { readonly kind: 'path'; readonly value: string }
  /** comes from this environment variable; undefined fallback: there is none */
  | {
      readonly kind: 'environment';
      readonly name: string;
      readonly fallback: PythonValue | undefined;
    }
  /** a module, class or function by its dotted path */
  | {
      readonly kind: 'name';
      readonly path: string;
      readonly defaults?: ReadonlyMap<string, PythonValue>;
    }
  | { readonly kind: 'unknown'; readonly why: string };

/** What an expression of a settings module is, as far as that can be said without running it. */
export type PythonValue = Content & { readonly at: Place };

export type PythonKind = PythonValue['kind'];
type Of<K extends PythonKind> = Extract<PythonValue, { readonly kind: K }>;

export const none = (at: Place): PythonValue => ({ kind: 'none', at });
export const bool = (value: boolean, at: Place): PythonValue => ({ kind: 'bool', value, at });
export const text = (value: string, at: Place, isBytes = false): Of<'text'> => ({
  kind: 'text',
  value,
  isBytes,
  at,
});
export const path = (value: string, at: Place): PythonValue => ({ kind: 'path', value, at });
export const duration = (seconds: number, at: Place): PythonValue => ({ kind: 'duration', seconds, at });
export const unknown = (why: string, at: Place): PythonValue => ({ kind: 'unknown', why, at });
export const named = (dotted: string, at: Place): Of<'name'> => ({ kind: 'name', path: dotted, at });

export const list = (items: readonly PythonValue[], at: Place, isWhole = true): Of<'list'> => ({
  kind: 'list',
  items,
  isWhole,
  at,
});

export const dict = (entries: ReadonlyMap<string, PythonValue>, at: Place, isWhole = true): Of<'dict'> => ({
  kind: 'dict',
  entries,
  isWhole,
  at,
});

/** A number, or unknown where JavaScript could not hold it exactly or Python would have raised. */
export function number(value: number, at: Place): PythonValue {
  const isExact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return isExact ? { kind: 'number', value, at } : unknown('the number is too big', at);
}

/** Python's truth of a value; undefined when it cannot be said. */
export function truthOf(value: PythonValue): boolean | undefined {
  switch (value.kind) {
    case 'none':
      return false;
    case 'bool':
    case 'number':
    case 'text':
      return Boolean(value.value);
    case 'list':
      return value.items.length > 0 || (value.isWhole ? false : undefined);
    case 'dict':
      return value.entries.size > 0 || (value.isWhole ? false : undefined);
    case 'duration':
      return value.seconds !== 0;
    case 'path':
      return true;
    default:
      return undefined;
  }
}

/** Changes what an environment variable falls back to and leaves the variable; changes anything else as it is. */
export function throughEnvironment(
  value: PythonValue,
  change: (value: PythonValue) => PythonValue,
): PythonValue {
  if (value.kind !== 'environment') return change(value);
  return { ...value, fallback: value.fallback === undefined ? undefined : change(value.fallback) };
}
