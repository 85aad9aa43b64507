import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { tokenize } from './python-tokens.ts';
import type { PythonValue } from './python-value.ts';
import { readModule } from './settings-module.ts';
import type { ModuleWorld, Names } from './statement.ts';

/** Why settings cannot be read, in one sentence. */
export class UnreadableSettings extends Error {}

/** The settings of a Django project, as far as they can be read without running Python. */
export interface DjangoSettings {
  readonly values: ReadonlyMap<string, PythonValue>;
  /** what could not be followed */
  readonly notes: readonly { readonly file: string; readonly line: number; readonly text: string }[];
  /** the folder that file names in `notes` and `files` are relative to */
  readonly root: string;
  readonly files: readonly string[];
}

const LARGEST_FILE = 1_048_576;
const MOST_FILES = 50;
const MOST_WORK = 3_000_000;

function statOf(path: string) {
  return statSync(path, { throwIfNoEntry: false });
}

const isFile = (path: string) => statOf(path)?.isFile() === true;

/** The text of a Python file. Throws `UnreadableSettings` when it is no such thing. */
function readText(path: string): string {
  const stat = statOf(path);
  if (!stat?.isFile()) throw new UnreadableSettings(`${path} is no file.`);
  if (stat.size > LARGEST_FILE)
    throw new UnreadableSettings(`${path} is larger than 1 MB: no settings module is.`);
  const bytes = readFileSync(path);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // said below
  }
  throw new UnreadableSettings(`${path} is no text in UTF-8.`);
}

/** Counts work, and throws when it is more than any settings need: hostile files grow without end. */
export function workLimit(file: string): (work: number) => void {
  let done = 0;
  return (work) => {
    done += work;
    if (done > MOST_WORK) throw new UnreadableSettings(`${file} is too much to work out for settings.`);
  };
}

/** The module that manage.py names: `os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")`. */
function moduleOfManage(path: string): string {
  const strings = tokenize(readText(path), workLimit(path)).tokens.flatMap(({ string }) =>
    string !== undefined && 'value' in string ? [string.value] : [],
  );
  const name = strings[strings.indexOf('DJANGO_SETTINGS_MODULE') + 1];
  if (!strings.includes('DJANGO_SETTINGS_MODULE') || name === undefined)
    throw new UnreadableSettings(
      `${path} does not name DJANGO_SETTINGS_MODULE. Name the settings file instead.`,
    );
  return name;
}

/** The file of a module below a folder: `a.b` is a/b.py or a/b/__init__.py. */
function fileOfModule(folder: string, dotted: string): string | undefined {
  if (!/^[\p{L}\p{N}_]+(\.[\p{L}\p{N}_]+)*$/u.test(dotted)) return undefined;
  const path = join(folder, ...dotted.split('.'));
  return [`${path}.py`, join(path, '__init__.py')].find(isFile);
}

/** The folder that absolute imports start from: that of manage.py, or the first that is no package. */
function rootOf(file: string): string {
  let folder = dirname(file);
  for (let up = folder, steps = 0; steps < 6; steps += 1, up = dirname(up))
    if (isFile(join(up, 'manage.py'))) return up;
  while (isFile(join(folder, '__init__.py')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

function requireModule(root: string, dotted: string): { root: string; file: string } {
  const file = fileOfModule(root, dotted);
  if (file === undefined)
    throw new UnreadableSettings(`The settings module ${JSON.stringify(dotted)} is not found below ${root}.`);
  return { root, file };
}

/**
 * Where the settings are: a settings file, manage.py, or a folder with one of them. `module` is Django's
 * --settings and wins over what manage.py names.
 */
function locate(given: string, module: string | undefined): { root: string; file: string } {
  const path = resolve(given);
  const stat = statOf(path);
  if (stat === undefined) throw new UnreadableSettings(`${path}: there is no such file or folder.`);
  const manage = stat.isDirectory() ? join(path, 'manage.py') : path;
  if (basename(manage) === 'manage.py' && isFile(manage))
    return requireModule(dirname(manage), module ?? moduleOfManage(manage));
  if (module !== undefined) return requireModule(stat.isDirectory() ? path : rootOf(path), module);
  if (!stat.isDirectory()) return { root: rootOf(path), file: path };
  const file = [join(path, 'settings.py'), join(path, 'settings', '__init__.py')].find(isFile);
  if (file === undefined)
    throw new UnreadableSettings(`${path} has neither manage.py nor settings.py. Name the settings file.`);
  return { root: rootOf(file), file };
}

function isBelow(folder: string, file: string): boolean {
  return realpathSync(file).startsWith(realpathSync(folder) + sep);
}

/** The file an import means, below the root; imports do not lead out of the project. */
function fileOfImport(root: string, dots: number, dotted: string, fromFile: string): string | undefined {
  let folder = dots === 0 ? root : dirname(fromFile);
  for (let up = 1; up < dots && up < 20; up += 1) folder = dirname(folder);
  const own = join(folder, '__init__.py');
  const file = dotted === '' ? (isFile(own) ? own : undefined) : fileOfModule(folder, dotted);
  return file !== undefined && isBelow(root, file) ? file : undefined;
}

/**
 * Reads the settings of a Django project as text, with the modules they import from it. No Python is run.
 * Throws `UnreadableSettings` with a sentence for the person who asked.
 */
export function readDjangoSettings(given: string, module?: string): DjangoSettings {
  const { root, file } = locate(given, module);
  const modules = new Map<string, Names>();
  const notes: { file: string; line: number; text: string }[] = [];

  function read(path: string): Names {
    const seen = modules.get(path);
    if (seen !== undefined) return seen;
    if (modules.size >= MOST_FILES)
      throw new UnreadableSettings(`The settings import more than ${MOST_FILES} files of the project.`);
    const names: Names = new Map();
    modules.set(path, names);
    readModule(path, readText(path), names, world);
    return names;
  }

  const world: ModuleWorld = {
    load(dots, dotted, fromFile) {
      const found = fileOfImport(root, dots, dotted, fromFile);
      return found === undefined ? undefined : read(found);
    },
    note: (where, line, text) => notes.push({ file: relative(root, where), line, text }),
    spend: workLimit(file),
  };
  const values = read(file);
  return { values, notes, root, files: [...modules.keys()].map((path) => relative(root, path)) };
}
