import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { FULL } from './counts.ts';

/**
 * Prints how long something took. It is held against its limit with full counts alone: a machine that does other things
 * too makes everything slow, and what it spoils is no fault of the change under test.
 */
export function tookAtMost(t: TestContext, limitMs: number, tookMs: number): void {
  t.diagnostic(`took ${tookMs.toFixed(1)} ms, wanted at most ${limitMs} ms`);
  if (FULL) assert.ok(tookMs <= limitMs, `took ${tookMs} ms, more than ${limitMs} ms`);
}
