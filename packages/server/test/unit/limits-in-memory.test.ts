import { describe, expect, test } from 'vitest';
import { countInMemory } from '../../src/domain/limits/in-memory.ts';
import { EVERYTHING } from '../../src/domain/limits/limit.ts';

/** A count with a clock of its own. */
function counting() {
  let now = 5;
  const count = countInMemory({ elapsed: () => now }, EVERYTHING);
  const all = (key: string) => {
    for (let i = 0; i < EVERYTHING.count; i++) expect(count(key)).toBeUndefined();
  };
  return {
    count,
    all,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

describe('a limit that is counted in memory', () => {
  test('turns away what is above it until its window is over, and then begins anew', () => {
    const { count, all, pass } = counting();
    all('a');
    pass(9_000);
    expect(count('a')).toEqual({ wait: 1_000, isFirst: true });
    pass(999);
    expect(count('a')).toEqual({ wait: 1, isFirst: false });
    pass(1);
    all('a');
    expect(count('a')).toMatchObject({ wait: 10_000 });
  });

  test('tells of one block an hour for each key', () => {
    const { count, all, pass } = counting();
    const isFirst = () => {
      all('a');
      return count('a')?.isFirst;
    };
    expect(isFirst()).toBe(true);
    pass(10_000);
    expect(isFirst()).toBe(false);
    pass(3_600_000);
    expect(isFirst()).toBe(true);
  });

  test('goes on for a key in a flood of others, and forgets who has not been seen for long [T-10]', () => {
    const { count, all } = counting();
    all('a');
    all('b');
    for (let i = 0; i < 110_000; i++) {
      count(`other ${i}`);
      if (i % 10_000 === 0) expect(count('a')).toBeDefined();
    }
    expect(count('b')).toBeUndefined();
  });
});
