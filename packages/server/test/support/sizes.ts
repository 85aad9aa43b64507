/** How long files and functions are. */
import ts from 'typescript';

interface SourceText {
  readonly name: string;
  readonly text: string;
}

/** The lengths of all functions of a file, in lines. */
function functionLengths({ name, text }: SourceText): { at: string; lines: number }[] {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const found: { at: string; lines: number }[] = [];
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1;
  const visit = (node: ts.Node) => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const first = lineOf(node.getStart());
      found.push({ at: `${name}:${first}`, lines: lineOf(node.end) - first + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The number below which so great a share of them is. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** The lines of each file, and of each function with where it is. */
export function sizesOf(sources: readonly SourceText[]) {
  return {
    files: sources.map(({ text }) => text.split('\n').length - 1),
    functions: sources.flatMap(functionLengths),
  };
}
