/** Is a statement run? `maybe`: it hangs on a condition that is not known. */
export type Run = 'yes' | 'no' | 'maybe';

interface Block {
  readonly indent: number;
  readonly run: Run;
}

interface Chain {
  readonly indent: number;
  /** what holds of the if's before this one: has one of them been taken? */
  readonly taken: Run;
}

/** Follows the blocks of a module by their indentation. */
export interface Blocks {
  /** Is a statement with this indentation run? To be asked for each, in their order. */
  enter(indent: number): Run;
  /** A statement that opens a block, and whether its condition holds (undefined: not known). */
  open(keyword: string, indent: number, condition: () => boolean | undefined): void;
}

const LOOPS = ['for', 'while', 'with', 'async', 'match', 'case', 'try', 'finally'];

/** The words that open a block of their own. */
export const OPENERS = ['if', 'elif', 'else', 'except', 'def', 'class', ...LOOPS];

function both(outer: Run, inner: Run): Run {
  if (outer === 'no' || inner === 'no') return 'no';
  return outer === 'maybe' || inner === 'maybe' ? 'maybe' : 'yes';
}

const runOf = (truth: boolean | undefined): Run => (truth === undefined ? 'maybe' : truth ? 'yes' : 'no');

const not = (run: Run): Run => (run === 'maybe' ? 'maybe' : run === 'yes' ? 'no' : 'yes');

/** No block is open at first. */
export function followBlocks(): Blocks {
  const open: Block[] = [];
  const chains: Chain[] = [];

  function branch(keyword: string, indent: number, condition: () => boolean | undefined): Run {
    const before = chains.at(-1)?.indent === indent ? chains.pop()?.taken : undefined;
    if (keyword === 'if' || keyword === 'elif') {
      const taken = keyword === 'elif' ? (before ?? 'maybe') : 'no';
      const now = taken === 'yes' ? 'no' : both(not(taken), runOf(condition()));
      const after =
        taken === 'yes' || now === 'yes' ? 'yes' : taken === 'maybe' || now === 'maybe' ? 'maybe' : 'no';
      chains.push({ indent, taken: after });
      return now;
    }
    return keyword === 'else' && before !== undefined ? not(before) : 'maybe';
  }

  return {
    enter(indent) {
      while ((open.at(-1)?.indent ?? -1) >= indent) open.pop();
      while ((chains.at(-1)?.indent ?? -1) > indent) chains.pop();
      return open.at(-1)?.run ?? 'yes';
    },
    open(keyword, indent, condition) {
      const outer = open.at(-1)?.run ?? 'yes';
      const isBody = keyword === 'def' || keyword === 'class';
      const inner = isBody ? 'no' : outer === 'no' ? 'no' : branch(keyword, indent, condition);
      open.push({ indent, run: both(outer, inner) });
    },
  };
}
