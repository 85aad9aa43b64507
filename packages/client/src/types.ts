import type { Operations } from './operations.ts';

export type Method = keyof Operations;

/** The paths that a method can be used with, parameters in braces: `/api/sessions/{id}/`. */
export type PathOf<M extends Method> = keyof Operations[M] & string;

/** What is answered. */
export type AnswerOf<M extends Method, P extends PathOf<M>> = Operations[M][P] extends { answer: infer A }
  ? A
  : never;

/** The body that is sent. */
export type BodyOf<M extends Method, P extends PathOf<M>> = Operations[M][P] extends { body?: infer B }
  ? B
  : never;

/** The parameters behind the question mark. */
export type QueryOf<M extends Method, P extends PathOf<M>> = Operations[M][P] extends { query: infer Q }
  ? Q
  : never;

type Needs<O> = (O extends { path: infer V } ? { readonly path: V } : { readonly path?: never }) &
  (O extends { query: infer Q } ? { readonly query?: Q | undefined } : { readonly query?: never }) &
  (O extends { body: infer B }
    ? { readonly body: B }
    : O extends { body?: infer B }
      ? { readonly body?: B }
      : { readonly body?: never }) & { readonly signal?: AbortSignal | undefined };

/** What a call is given besides its path; nothing where nothing is needed. */
export type Arguments<O> = Record<never, never> extends Needs<O> ? [needs?: Needs<O>] : [needs: Needs<O>];

/** Asks with one method. Throws a `Refused` for an answer that is no success, and what `fetch` throws without one. */
export type Asks<M extends Method> = <P extends PathOf<M>>(
  path: P,
  ...needs: Arguments<Operations[M][P]>
) => Promise<AnswerOf<M, P>>;
