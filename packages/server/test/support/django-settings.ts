import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { judgeDjango } from '../../src/adapters/django/doctor/judge.ts';
import type { PythonValue } from '../../src/adapters/django/settings/python-value.ts';
import { readDjangoSettings } from '../../src/adapters/django/settings/settings-files.ts';

const FOLDER = fileURLToPath(new URL('../fixtures/django-settings', import.meta.url));

/** A file or folder of the settings that the tests are written about. */
export const settingsPath = (name: string) => join(FOLDER, name);

/** A value as data: durations as seconds, and words for what is not known or comes from the environment. */
export function asData(value: PythonValue): unknown {
  switch (value.kind) {
    case 'none':
      return null;
    case 'list':
      return [...value.items.map(asData), ...(value.isWhole ? [] : ['and more'])];
    case 'dict':
      return Object.fromEntries([...value.entries].map(([key, entry]) => [key, asData(entry)]));
    case 'duration':
      return { seconds: value.seconds };
    case 'environment':
      return { environment: value.name, fallback: value.fallback && asData(value.fallback) };
    case 'name':
      return { name: value.path };
    case 'unknown':
      return { unknown: value.why, line: value.at.line };
    default:
      return value.value;
  }
}

/** The settings in capitals, as data. */
export function settingsData(name: string): Record<string, unknown> {
  const { values } = readDjangoSettings(settingsPath(name));
  const settings = [...values].filter(([word]) => word === word.toUpperCase());
  return Object.fromEntries(settings.map(([word, value]) => [word, asData(value)]));
}

export const MADE = { newKey: 'fresh-q7VnZ2xKdR9sWmT4bYpL8cHf3GjN6aUeXoB1', now: Date.UTC(2026, 0, 1) };

export const diagnose = (name: string) => judgeDjango(readDjangoSettings(settingsPath(name)), MADE);
