import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { describe, test } from 'node:test';
import type { Ended } from './cli.ts';

/** What is wrong, the arguments that are, and what is said of them. */
export type Refusal = readonly [wrong: string, args: readonly string[], says: RegExp];

/** Asserts that command lines are refused with exit code 2 and words on stderr alone. They measure nothing, and run side by side. */
export function refuses(run: (...args: readonly string[]) => Promise<Ended>, refusals: readonly Refusal[]): void {
  describe('refuses', { concurrency: availableParallelism() }, () => {
    for (const [wrong, args, says] of refusals) {
      test(wrong, async () => {
        const { code, stderr, stdout } = await run(...args);
        assert.equal(code, 2, stderr);
        assert.match(stderr, says);
        assert.equal(stdout, '');
      });
    }
  });
}
