import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** Leaves the numbers of the run in the file that TEST_COUNTS names, for the last line of `npm test`. */
class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const file = process.env.TEST_COUNTS;
    if (file === undefined) return;
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    const counts = { passed: count('passed'), failed: count('failed') + broken, skipped: count('skipped') };
    writeFileSync(file, JSON.stringify(counts));
  }
}

export default CountReporter;
