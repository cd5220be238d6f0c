import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { spreadKind, spreadOf, spreadWords } from '../../src/report/charts/spread.ts';
import { renderHtml } from '../../src/report/index.ts';
import type { Summary } from '../../src/summary/index.ts';
import { servicesSummary } from '../support/services.ts';
import { CONTEXT, DIRECT, OUTBOUND, summaryFixture, variantFixture } from '../support/summary.ts';

function ofBlocks(blocks: readonly [number, number]): Summary {
  const variants = [DIRECT, OUTBOUND].map((sketch, index) => variantFixture({ ...sketch, blocks: blocks[index] ?? 0 }));
  return summaryFixture({ variants });
}

describe('how far trials lie apart', () => {
  for (const [blocks, kind, words] of [
    [[1, 1], 'none', 'one trial of a variant: neither an interval nor a range'],
    [[3, 1], 'none', 'one trial of a variant: neither an interval nor a range'],
    [[3, 3], 'range', 'from the least to the most of 3 trials: too few for an interval'],
    [[8, 5], 'range', 'from the least to the most of 5 to 8 trials: too few for an interval'],
    [[6, 6], 'interval', 'interval of at least 95 % over 6 trials'],
  ] as const) {
    test(`of ${blocks.join(' and ')} trials is drawn as ${kind}, and the legend says which`, async () => {
      const summary = ofBlocks(blocks);
      assert.equal(spreadKind(summary), kind);
      assert.equal(spreadWords(summary), words);
      assert.ok((await renderHtml(summary, CONTEXT)).includes(words));
    });
  }

  test('goes from the least to the most, or is the exact interval', () => {
    const values = [5, 1, 9, 2, 3, 4, 8, 7];
    assert.equal(spreadOf(values, 'none'), undefined);
    assert.deepEqual(spreadOf(values, 'range'), { from: 1, to: 9 });
    // Wilcoxon's table for 8: the 4th Walsh average from either end.
    assert.deepEqual(spreadOf(values, 'interval'), { from: 2, to: 8 });
    assert.equal(spreadOf([5], 'range'), undefined);
    assert.equal(spreadOf([5, 6], 'interval'), undefined);
  });

  test('is told in words too, over the number of services', async () => {
    const page = await renderHtml(servicesSummary([0, 500]), CONTEXT);
    assert.match(
      page,
      /aria-label="Response time p50 over the number of services[^"]*µs \(1\d\d µs to 1\d\d µs\) at 500/u,
    );
    assert.match(page, /dots the trials themselves/u);
  });
});
