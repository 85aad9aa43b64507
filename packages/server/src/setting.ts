import type { Profile } from './config.ts';
import type { Secret } from './secret.ts';

/** A text of the environment as a value, or the sentence that says what is wrong with it. */
export type Reader<T> = (text: string) => T | { readonly fault: string };

/** One setting: its name, what it does, what it is when it is not set, and how it is read. */
export interface Setting<T> {
  readonly name: string;
  readonly about: string;
  /** undefined: there is none */
  readonly fallback: (profile: Profile) => string | undefined;
  /** in words for the documentation, where the fallback is not a constant */
  readonly fallbackWords?: string;
  readonly read: Reader<T>;
  /** it may stand in a file that `<name>_FILE` names */
  readonly isSecret?: true;
}

/** A setting whose value does not print has to say that it is a secret. */
export type SettingOf<T> = Setting<T> &
  (Secret extends T | (T extends readonly (infer One)[] ? One : never)
    ? { readonly isSecret: true }
    : unknown);

/** What is wrong with a text, as its name goes on: `PORT must be …`. */
export const fault = (text: string) => ({ fault: text });

export function wholeNumber(minimum: number, maximum: number): Reader<number> {
  return (text) => {
    const value = Number(text);
    const fits = /^\d+$/.test(text) && value >= minimum && value <= maximum;
    return fits ? value : fault(`must be a whole number from ${minimum} to ${maximum}, not "${text}"`);
  };
}

export function oneOf<const T extends string>(...words: readonly T[]): Reader<T> {
  return (text) =>
    words.find((word) => word === text) ?? fault(`must be one of ${words.join(', ')}, not "${text}"`);
}

export const inBoth = (text: string) => () => text;

/** An address of the web without a slash at its end. */
export const readPublicUrl: Reader<string> = (text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    !url.search &&
    !url.hash &&
    !url.username &&
    !url.host.includes('*');
  return plain
    ? url.href.replace(/\/+$/, '')
    : fault(`must be an address such as https://auth.example.com, not "${text}"`);
};
