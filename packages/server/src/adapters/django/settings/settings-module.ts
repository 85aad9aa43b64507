import { followBlocks, OPENERS, type Run } from './python-blocks.ts';
import { evaluate } from './python-expression.ts';
import { findOutside, type Slice, splitOutside } from './python-slices.ts';
import { assign, augment, callOnTarget, forget } from './python-targets.ts';
import { type LogicalLine, type Token, tokenize } from './python-tokens.ts';
import { named, truthOf } from './python-value.ts';
import { bind, type Module, type ModuleWorld, type Names, type Statement } from './statement.ts';

/**
 * Reads a settings module as far as that goes without running it. Never throws but for too much work (`spend`).
 * `names` is filled as it goes, so that modules that import each other in a circle see what is there already.
 */
export function readModule(file: string, source: string, names: Names, world: ModuleWorld): void {
  const { tokens, lines, unclosed } = tokenize(source, world.spend);
  const module: Module = { file, tokens, names, spend: world.spend, world };
  if (unclosed !== undefined)
    world.note(file, unclosed, 'A bracket never closes: what follows it is not understood.');
  const blocks = followBlocks();
  for (const line of lines) {
    const run = blocks.enter(line.indent);
    const word = tokens[line.from];
    if (word === undefined) continue;
    if (!isOpener(word)) {
      if (run !== 'no') for (const part of splitOutside(tokens, line, ';')) readStatement(module, part, run);
      continue;
    }
    const colon = findOutside(tokens, line, ':') ?? line.to;
    blocks.open(word.text, line.indent, () => conditionOf(module, line, colon));
    readHeader(module, line, run);
    // `if DEBUG: CORS_ALLOW_ALL_ORIGINS = True` on one line.
    const inner = blocks.enter(line.indent + 1);
    if (inner !== 'no')
      for (const part of splitOutside(tokens, { from: colon + 1, to: line.to }, ';'))
        readStatement(module, part, inner);
  }
}

const isOpener = (token: Token) => token.type === 'name' && OPENERS.includes(token.text);

function conditionOf(module: Module, line: LogicalLine, colon: number): boolean | undefined {
  return truthOf(evaluate(module, { from: line.from + 1, to: colon }));
}

/** A class or function is a name; settings in a class are those of django-configurations. */
function readHeader(module: Module, line: LogicalLine, run: Run): void {
  const { tokens, file, names, world } = module;
  const [keyword, name] = [tokens[line.from], tokens[line.from + 1]];
  if (keyword === undefined || name?.type !== 'name' || run === 'no') return;
  if (keyword.text !== 'def' && keyword.text !== 'class') return;
  names.set(name.text, named(name.text, { file, line: keyword.line }));
  const isConfiguration = tokens
    .slice(line.from + 2, Math.min(line.to, line.from + 20))
    .some((token) => token.text === 'Configuration');
  if (isConfiguration)
    world.note(file, keyword.line, 'Settings in classes (django-configurations) are not read.');
}

function readStatement(module: Module, slice: Slice, run: Run): void {
  const first = module.tokens[slice.from];
  if (first === undefined || slice.from >= slice.to) return;
  const statement: Statement = { ...slice, line: first.line, run };
  if (first.text === 'import' && first.type === 'name') return void readImport(module, statement);
  if (first.text === 'from' && first.type === 'name') return void readFrom(module, statement);
  if (first.text === 'del' && first.type === 'name') return void forget(module, statement);
  const equals = findOutside(module.tokens, slice, '=');
  if (equals !== undefined) return void assign(module, statement);
  const augmented = findOutside(module.tokens, slice, '+=', '|=', '-=', '*=', '/=');
  if (augmented !== undefined) return void augment(module, statement, augmented);
  callOnTarget(module, statement);
}

const dottedOf = (module: Module, { from, to }: Slice) =>
  module.tokens
    .slice(from, Math.min(to, from + 100))
    .map((token) => token.text)
    .join('');

/** `import a.b`, `import a.b as c`, several with commas. */
function readImport(module: Module, { from, to, line }: Statement): void {
  const { tokens, names, file } = module;
  for (const part of splitOutside(tokens, { from: from + 1, to }, ',')) {
    const as = findOutside(tokens, part, 'as');
    const dotted = dottedOf(module, { from: part.from, to: as ?? part.to });
    const alias = as === undefined ? undefined : tokens[as + 1]?.text;
    const [top = ''] = dotted.split('.');
    names.set(alias ?? top, named(alias === undefined ? top : dotted, { file, line }));
  }
}

/** `from .base import *`, `from datetime import timedelta as td`, with brackets or without. */
function readFrom(module: Module, statement: Statement): void {
  const { tokens, file, world } = module;
  const { from, to, line } = statement;
  const at = findOutside(tokens, { from, to }, 'import');
  if (at === undefined) return;
  const whole = dottedOf(module, { from: from + 1, to: at });
  const dotted = whole.replace(/^\.+/, '');
  const dots = whole.length - dotted.length;
  const isStar = tokens[at + 1]?.text === '*';
  const loaded = world.load(dots, dotted, file);
  if (isStar && loaded === undefined) {
    const condition = statement.run === 'yes' ? '' : ' (under a condition)';
    return void world.note(
      file,
      line,
      `${whole} is not found${condition}: what it sets, and sets anew, is not known.`,
    );
  }
  if (isStar) return void bindAll(module, statement, loaded ?? new Map());
  const inside =
    tokens[at + 1]?.text === '(' ? { from: at + 2, to: tokens[at + 1]?.close ?? to } : { from: at + 1, to };
  for (const part of splitOutside(tokens, inside, ',')) {
    const name = tokens[part.from]?.text ?? '';
    const alias = tokens[part.from + 1]?.text === 'as' ? tokens[part.from + 2]?.text : undefined;
    bind(module, statement, alias ?? name, loaded?.get(name) ?? named(`${whole}.${name}`, { file, line }));
  }
}

function bindAll(module: Module, statement: Statement, loaded: Names): void {
  module.spend(loaded.size);
  for (const [name, value] of loaded) if (!name.startsWith('_')) bind(module, statement, name, value);
}
