import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { renderHtml } from '../../src/report/index.ts';
import type { Summary } from '../../src/summary/index.ts';
import { CONTEXT, compared, DIRECT, OUTBOUND, summaryFixture, variantFixture } from '../support/summary.ts';
import { tookAtMost } from '../support/timing.ts';

const BLOCKS = 14;
const METRICS = [
  'responseNs.p50',
  'responseNs.p90',
  'responseNs.p99',
  'serviceNs.p50',
  'cpuMsPer1k',
  'rssBytes',
] as const;

function comparisonsOf(
  pairs: readonly { readonly candidate: string; readonly baseline: string }[],
): Summary['comparisons'] {
  return pairs.flatMap((pair) =>
    METRICS.map((metric) => compared(metric, 'ns', [92_100, 89_000, 104_000], [2.48, 2.41, 2.55], 0.021, pair)),
  );
}

/** Twelve variants of fourteen blocks: more than any scenario of the program has. */
function many(): Summary {
  const names = Array.from({ length: 12 }, (_, index) =>
    index === 0 ? 'direct' : `a-variant-with-a-long-name-${index}`,
  );
  const variants = names.map((name, index) =>
    variantFixture({ ...OUTBOUND, name, base: name, p50: OUTBOUND.p50 + index, blocks: BLOCKS }),
  );
  const pairs = names.slice(1).map((candidate) => ({ candidate, baseline: 'direct' }));
  return summaryFixture({ variants, comparisons: comparisonsOf(pairs) });
}

/** Two variants at thirty points of a matrix. */
function matrix(): Summary {
  const points = Array.from({ length: 30 }, (_, index) => `${100 * (index + 1)}/s`);
  const variants = points.flatMap((rate) =>
    [DIRECT, OUTBOUND].map((sketch) =>
      variantFixture({
        ...sketch,
        name: `${sketch.name} load.rate=${rate}`,
        base: sketch.name,
        baseline: `${DIRECT.name} load.rate=${rate}`,
        axes: { 'load.rate': rate },
        blocks: BLOCKS,
      }),
    ),
  );
  const pairs = variants
    .filter(({ name, baseline }) => name !== baseline)
    .map(({ name, baseline }) => ({ candidate: name, baseline }));
  return summaryFixture({ variants, comparisons: comparisonsOf(pairs) });
}

describe('a large report', () => {
  for (const [what, make] of [
    ['twelve variants of fourteen blocks', many],
    ['a matrix of thirty points', matrix],
  ] as const) {
    test(`${what}: under 1 MB`, async (t) => {
      await renderHtml(summaryFixture(), CONTEXT);
      const from = performance.now();
      const page = await renderHtml(make(), CONTEXT);
      tookAtMost(t, 2000, performance.now() - from);
      const size = Buffer.byteLength(page);
      t.diagnostic(`${size} bytes`);
      assert.ok(size < 1_000_000, `${size} bytes`);
    });
  }
});
