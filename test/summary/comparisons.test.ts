import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { initHistograms } from '../../src/metrics/index.ts';
import { THRESHOLD_METRICS } from '../../src/scenario/thresholds.ts';
import { type Comparison, type Summary, summarize } from '../../src/summary/index.ts';
import { METRICS } from '../../src/summary/metrics.ts';
import { type HandPlan, type HandTrial, handRecord, usage } from '../support/hand.ts';

before(initHistograms);

/** One block per pair: all requests of a trial take the same time. */
function compared(
  pairs: readonly (readonly [number, number])[],
  plan: HandPlan = {},
  more: Partial<HandTrial> = {},
): Summary {
  const trials = pairs.flatMap(([direct, outbound], block): HandTrial[] => [
    { ...more, block, variant: 'outbound', response: Array<number>(2).fill(outbound) },
    { ...more, block, variant: 'direct', response: Array<number>(2).fill(direct) },
  ]);
  return summarize(handRecord(trials, plan));
}

function p50(summary: Summary): Comparison {
  const found = summary.comparisons.find(({ metric }) => metric === 'responseNs.p50');
  assert.ok(found !== undefined);
  return found;
}

const SIX = [
  [100, 150],
  [110, 170],
  [120, 190],
  [130, 195],
  [140, 210],
  [200, 310],
] as const;

describe('a comparison', () => {
  test('pairs by block and gives the exact interval: at six from the smallest to the largest', () => {
    const comparison = p50(compared(SIX));
    assert.equal(comparison.n, 6);
    assert.equal(comparison.confidence, 1 - 2 / 64);
    // Differences 50 60 65 70 70 110; the median of their 21 Walsh averages is 67.5.
    assert.deepEqual(comparison.difference, { estimate: 67.5, lower: 50, upper: 110 });
    const ratio = comparison.ratio;
    assert.ok(ratio !== null);
    assert.ok(Math.abs(ratio.lower - 1.5) < 1e-9 && Math.abs(ratio.upper - 190 / 120) < 1e-9);
    assert.deepEqual([comparison.baseline, comparison.candidate, comparison.unit], ['direct', 'outbound', 'ns']);
    assert.equal(comparison.conclusion, 'worse');
    assert.deepEqual(comparison.reasons, {});
  });

  test('is made in every metric that there is', () => {
    const { comparisons } = compared(SIX, {}, { usage: usage({ 'server.app': { cpuMs: 3, rssMb: 50 } }) });
    assert.deepEqual(
      comparisons.map(({ metric, unit, conclusion }) => [metric, unit, conclusion]),
      [
        ['responseNs.p50', 'ns', 'worse'],
        ['responseNs.p90', 'ns', 'worse'],
        ['responseNs.p99', 'ns', 'worse'],
        ['serviceNs.p50', 'ns', 'worse'],
        ['cpuMsPer1k', 'ms', 'equivalent'],
        ['rssBytes', 'B', 'equivalent'],
      ],
    );
  });

  test('has a p99.9 only where every trial has one', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => (i % 2000) + 1);
    const trials = (response: readonly number[]) =>
      SIX.flatMap((_, block): HandTrial[] => [
        { block, variant: 'direct', response: many },
        { block, variant: 'outbound', response: block === 3 ? response : many },
      ]);
    const metrics = (response: readonly number[]) =>
      summarize(handRecord(trials(response))).comparisons.map(({ metric }) => metric);
    assert.ok(metrics(many).includes('responseNs.p999'));
    assert.ok(!metrics(many.slice(1)).includes('responseNs.p999'));
  });

  for (const [what, pairs, conclusion] of [
    ['without a difference', SIX.map(([a]) => [a, a] as const), 'equivalent'],
    [
      'within the tolerance, however certain',
      SIX.map(([a]) => [a * 10, a * 10 + Math.round(a * 0.3)] as const),
      'equivalent',
    ],
    ['that is clearly slower', SIX.map(([a]) => [a, a * 2] as const), 'worse'],
    ['that is clearly faster', SIX.map(([a]) => [a * 2, a] as const), 'better'],
    [
      'that goes both ways',
      SIX.map(([a], at) => [a, at % 2 === 0 ? a * 2 : Math.round(a / 2)] as const),
      'cannot-tell',
    ],
  ] as const) {
    test(`of a candidate ${what} concludes ${conclusion}`, () =>
      assert.equal(p50(compared(pairs)).conclusion, conclusion));
  }

  test('follows the tolerance of the plan', () => {
    const pairs = SIX.map(([a]) => [a * 10, a * 10 + Math.round(a * 0.3)] as const);
    assert.equal(p50(compared(pairs, { tolerance: 0.01 })).conclusion, 'worse');
  });

  test('under six blocks has no interval and no conclusion, but says what it could have seen', () => {
    const comparison = p50(compared(SIX.slice(0, 5)));
    assert.deepEqual([comparison.ratio, comparison.difference, comparison.confidence], [null, null, null]);
    assert.deepEqual([comparison.n, comparison.conclusion], [5, 'cannot-tell']);
    for (const field of ['ratio', 'difference', 'confidence']) {
      assert.equal(comparison.reasons[field], 'an interval needs 6 whole blocks, there are 5');
    }
    assert.ok((comparison.detectable ?? 0) > 0);
    const single = p50(compared(SIX.slice(0, 1)));
    assert.equal(single.detectable, null);
    assert.equal(single.reasons['detectable'], 'needs two blocks');
  });

  test('is not made of what is left where a trial has no value', () => {
    const trials = SIX.flatMap(([direct, outbound], block): HandTrial[] => [
      { block, variant: 'direct', response: [direct] },
      {
        block,
        variant: 'outbound',
        ...(block === 2 ? { response: [], outcomes: { timeout: 1 } } : { response: [outbound] }),
      },
    ]);
    const comparison = p50(summarize(handRecord(trials)));
    assert.deepEqual([comparison.ratio, comparison.difference, comparison.n], [null, null, 5]);
    assert.equal(comparison.reasons['ratio'], 'responseNs.p50 is missing in 1 of 6 blocks, and not by chance');
    assert.equal(comparison.conclusion, 'cannot-tell');
  });

  test('to a baseline of zero has a difference and no ratio', () => {
    const none = { usage: usage({ 'server.app': { cpuMs: 0, rssMb: 50 } }) };
    const { comparisons } = compared(SIX, {}, none);
    const cpu = comparisons.find(({ metric }) => metric === 'cpuMsPer1k');
    assert.deepEqual([cpu?.ratio, cpu?.difference], [null, { estimate: 0, lower: 0, upper: 0 }]);
    assert.match(cpu?.reasons['ratio'] ?? '', /above 0/u);
    assert.equal(cpu?.conclusion, 'cannot-tell');
  });

  test('goes to the baseline of the same point of a matrix', () => {
    const variants = [
      { name: 'direct load.rate=1/s', base: 'direct', axes: { 'load.rate': '1/s' } },
      {
        name: 'outbound load.rate=1/s',
        base: 'outbound',
        axes: { 'load.rate': '1/s' },
        baseline: 'direct load.rate=1/s',
      },
      { name: 'direct load.rate=2/s', base: 'direct', axes: { 'load.rate': '2/s' }, baseline: 'direct load.rate=2/s' },
      {
        name: 'outbound load.rate=2/s',
        base: 'outbound',
        axes: { 'load.rate': '2/s' },
        baseline: 'direct load.rate=2/s',
      },
    ];
    const trials = SIX.flatMap((_, block) =>
      variants.map(({ name }, at): HandTrial => ({ block, variant: name, response: [100 * (at + 1)] })),
    );
    const { comparisons } = summarize(handRecord(trials, { variants }));
    const told = comparisons.filter(({ metric }) => metric === 'responseNs.p50');
    assert.deepEqual(
      told.map(({ baseline, candidate, difference }) => [baseline, candidate, difference?.estimate]),
      [
        ['direct load.rate=1/s', 'outbound load.rate=1/s', 100],
        ['direct load.rate=2/s', 'outbound load.rate=2/s', 100],
      ],
    );
  });
});

describe('a threshold', () => {
  test('can name every metric that the scenario allows, in its unit', () => {
    for (const [name, unit] of THRESHOLD_METRICS) assert.equal(METRICS.get(name)?.unit, unit, name);
  });

  // Response times of outbound are 150 … 310 ns, those of direct 100 … 200 ns.
  for (const [threshold, results, verdict] of [
    [{ metric: 'responseNs.p50', below: '311ns' }, ['held', 'held'], 'pass'],
    [{ metric: 'responseNs.p50', below: '310ns' }, ['held', 'cannot-tell'], 'inconclusive'],
    [{ metric: 'responseNs.p50', below: '150ns' }, ['cannot-tell', 'broken'], 'regression'],
    [{ metric: 'responseNs.p50', below: '201ns', variant: 'direct' }, ['held'], 'pass'],
    [{ metric: 'responseNs.p50', below: '1s', variant: 'sidecar' }, ['cannot-tell'], 'inconclusive'],
    [{ metric: 'responseNs.p999', below: '1s' }, ['cannot-tell', 'cannot-tell'], 'inconclusive'],
    [{ metric: 'responseNs.p42', below: '1s' }, ['cannot-tell', 'cannot-tell'], 'inconclusive'],
    [{ metric: 'responseNs.p50', below: 'soon' }, ['cannot-tell', 'cannot-tell'], 'inconclusive'],
    [{ metric: 'errors', below: '1%' }, ['held', 'held'], 'pass'],
    [{ metric: 'cpuMsPer1k', below: '2s' }, ['held', 'held'], 'pass'],
    [{ metric: 'cpuMsPer1k', below: '1ms' }, ['broken', 'broken'], 'regression'],
    [{ metric: 'rssBytes', below: '51MB' }, ['held', 'held'], 'pass'],
  ] as const) {
    test(`${threshold.metric} below ${threshold.below} of ${'variant' in threshold ? threshold.variant : 'all'} is ${results}`, () => {
      const more = { usage: usage({ 'server.app': { cpuMs: 3, rssMb: 50 } }) };
      const summary = compared(SIX, { thresholds: [threshold] }, more);
      assert.deepEqual(
        summary.thresholds.map(({ result }) => result),
        results,
      );
      assert.equal(summary.verdict, verdict);
      for (const { value, result, reason } of summary.thresholds) {
        assert.match(reason, new RegExp(threshold.metric.replace('.', '\\.'), 'u'));
        assert.ok(value !== null || result === 'cannot-tell');
      }
    });
  }

  test('is told in a sentence with its interval', () => {
    const { verdictReasons, thresholds } = compared(SIX, {
      thresholds: [{ metric: 'responseNs.p50', below: '150ns', variant: 'outbound' }],
    });
    assert.deepEqual(verdictReasons, [
      'responseNs.p50 of outbound: 193 ns (interval 150 ns … 310 ns) is not below the limit of 150 ns.',
    ]);
    assert.deepEqual(thresholds[0]?.value?.lower, 150);
  });

  test('is not judged by the trials that are left where one has no value', () => {
    const trials = Array.from({ length: 7 }, (_, block): HandTrial => {
      const lost = block === 2 ? { response: [], outcomes: { timeout: 1 } } : { response: [100] };
      return { block, variant: 'direct', ...lost };
    });
    const thresholds = [{ metric: 'responseNs.p50', below: '1s' }];
    const { thresholds: held, verdict } = summarize(handRecord(trials, { variants: [{ name: 'direct' }], thresholds }));
    assert.equal(verdict, 'inconclusive');
    assert.deepEqual(
      held.map(({ below, unit, value, reason }) => [below, unit, value, reason]),
      [[1e9, 'ns', null, 'responseNs.p50 of direct cannot be judged: it is missing in 1 of 7 trials.']],
    );
  });

  test('names the variant of the file for all its points of a matrix', () => {
    const variants = [
      { name: 'direct a=1', base: 'direct' },
      { name: 'direct a=2', base: 'direct', baseline: 'direct a=2' },
    ];
    const thresholds = [{ metric: 'responseNs.p50', below: '1s', variant: 'direct' }];
    const { thresholds: held } = summarize(handRecord([], { variants, thresholds }));
    assert.deepEqual(
      held.map(({ variant }) => variant),
      ['direct a=1', 'direct a=2'],
    );
  });

  test('in a run under six blocks is not judged and there is no verdict', () => {
    const thresholds = [{ metric: 'responseNs.p50', below: '1s' }];
    const short = compared(SIX.slice(0, 4), { blocks: 4, thresholds });
    assert.deepEqual([short.verdict, short.thresholds[0]?.result], ['none', 'cannot-tell']);
    const spent = { type: 'end', endedAt: '2026-01-01T00:00:00.000Z', how: 'time-limit', reason: '' } as const;
    assert.equal(compared(SIX.slice(0, 4), { blocks: 12, thresholds, end: spent }).verdict, 'invalid');
    assert.equal(compared(SIX.slice(0, 4), { blocks: 12, thresholds, end: undefined }).verdict, 'inconclusive');
  });
});
