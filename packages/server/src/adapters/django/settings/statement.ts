import type { Run } from './python-blocks.ts';
import type { Scope } from './python-expression.ts';
import type { Slice } from './python-slices.ts';
import { type PythonValue, unknown } from './python-value.ts';

/** The names a module has bound, and what a reader should know about the reading. */
export type Names = Map<string, PythonValue>;

/** What reading a module needs of the outside. */
export interface ModuleWorld {
  /** The names of another module of the project; undefined when there is no such file. `dots`: how relative it is. */
  readonly load: (dots: number, dotted: string, fromFile: string) => Names | undefined;
  /** something that could not be followed, for the report */
  readonly note: (file: string, line: number, text: string) => void;
  readonly spend: (work: number) => void;
}

/** A module that is being read. */
export interface Module extends Scope {
  readonly names: Names;
  readonly world: ModuleWorld;
}

/** A statement of a module. */
export interface Statement extends Slice {
  readonly line: number;
  readonly run: Run;
}

/** Binds a name; under a condition that is not known it could be either. */
export function bind(module: Module, statement: Statement, name: string, value: PythonValue): void {
  const isModule = value.kind === 'name' && module.names.get(name) === undefined;
  const at = { file: module.file, line: statement.line };
  const isSure = statement.run === 'yes' || isModule || value === module.names.get(name);
  module.names.set(name, isSure ? value : unknown('it depends on a condition', at));
}
