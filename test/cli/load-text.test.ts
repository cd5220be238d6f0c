import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { farTail } from '../../src/cli/commands/load-text.ts';
import { Histogram, initHistograms } from '../../src/metrics/index.ts';

/** Response times of 1, 2, 3 … µs. */
function responses(count: number): string {
  using histogram = new Histogram();
  for (let index = 1; index <= count; index += 1) histogram.record(index * 1000);
  return histogram.encode();
}

describe('quantiles beyond p99.9', () => {
  before(() => initHistograms());
  for (const [count, p9999, p99999] of [
    [99_999, null, null],
    [100_000, 99_990_000, null],
    [1_000_000, 999_900_000, 999_990_000],
  ] as const) {
    test(`of ${count} requests`, () => {
      const far = farTail(responses(count));
      for (const [is, should] of [
        [far.p9999, p9999],
        [far.p99999, p99999],
      ] as const) {
        if (should === null || is === null) assert.equal(is, should);
        else assert.ok(is >= should && is <= should * 1.001, `${is} for ${should}`);
      }
    });
  }
});
