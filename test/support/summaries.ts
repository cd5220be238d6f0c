import type { Summary } from '../../src/summary/index.ts';
import { compared, DIRECT, OUTBOUND, quantiles, summaryFixture, variantFixture } from './summary.ts';

/** Quick mode: two blocks, nothing compared. */
export function quickSummary(): Summary {
  const reason = 'needs 6 blocks, there are 2';
  return summaryFixture({
    mode: 'quick',
    certificate: null,
    verdictReasons: ['quick mode shows that a scenario works; it is never judged'],
    blocks: { planned: 2, measured: 2, incomplete: 0 },
    trials: { measured: 4, vetoed: 0 },
    variants: [DIRECT, OUTBOUND].map((sketch) =>
      variantFixture(
        { ...sketch, blocks: 2 },
        {
          responseNs: {
            ...quantiles(sketch, 1),
            p999: null,
            reasons: { p999: 'a trial has fewer than 10,000 requests' },
          },
        },
      ),
    ),
    comparisons: [
      compared('responseNs.p50', 'ns', reason, reason, null, { n: 2 }),
      compared('cpuMsPer1k', 'ms', reason, reason, null, { n: 2 }),
    ],
    doubts: ['Two blocks give no interval: nothing here can be told from noise.'],
  });
}

/** A run that was given up: too many vetoes, one block left. */
export function invalidSummary(): Summary {
  return summaryFixture({
    ended: 'too-many-vetoes',
    verdict: 'invalid',
    verdictReasons: ['3 of 6 trials were vetoed; at most a fifth may be'],
    blocks: { planned: 6, measured: 1, incomplete: 1 },
    trials: { measured: 6, vetoed: 3 },
    vetoes: vetoedTrials(),
    variants: [DIRECT, OUTBOUND].map((sketch) => variantFixture({ ...sketch, blocks: 1 })),
    comparisons: [],
  });
}

/** Three vetoed trials, each for another reason. */
export function vetoedTrials(): Summary['vetoes'] {
  return [
    {
      block: 0,
      variant: 'outbound',
      signal: 'steal',
      text: 'The share of processor time that the hypervisor gave to others was 7.10 %, above 2.00 %.',
    },
    {
      block: 2,
      variant: 'direct',
      signal: 'releaseLag',
      text: 'The p99 of the release lag, our own lateness, was 3.12 ms, above 1.00 ms.',
    },
    {
      block: 3,
      variant: 'direct',
      signal: 'outsideCpu',
      text: "The share of the run's processors that tasks outside the run took was 23.0 %, above 10.0 %.",
    },
  ];
}

/** A run with some vetoes that still held enough blocks. */
export function vetoedSummary(): Summary {
  return summaryFixture({
    blocks: { planned: 15, measured: 15, incomplete: 0 },
    trials: { measured: 33, vetoed: 3 },
    vetoes: vetoedTrials(),
    variants: [DIRECT, OUTBOUND].map((sketch) => variantFixture({ ...sketch, blocks: 15 })),
  });
}

/** Errors of several kinds, an overloaded variant, a pause of the server, a broken threshold. */
export function failingSummary(): Summary {
  const trouble = variantFixture(OUTBOUND, {
    errors: 1423,
    outcomes: { ok: 118_577, status: 1200, timeout: 212, unsent: 11 },
    overloaded: true,
    achievedRate: 1871.4,
    events: [
      { action: 'pause', target: 'server.app', intendedNs: 4e9, actualNs: 4_000_312_000, trial: 1 },
      { action: 'resume', target: 'server.app', intendedNs: 4.5e9, actualNs: 4_500_207_000, trial: 1 },
    ],
  });
  const series = trouble.series.map((point) => ({
    ...point,
    errors: point.second === 4 ? 260 : 0,
    p99: point.second === 4 ? 498_000_000 : point.p99,
  }));
  return summaryFixture({
    verdict: 'regression',
    verdictReasons: ['a threshold is broken: responseNs.p99 of outbound'],
    variants: [variantFixture(DIRECT), { ...trouble, series }],
    thresholds: [
      {
        variant: 'direct',
        metric: 'responseNs.p99',
        below: 1_000_000,
        unit: 'ns',
        value: { estimate: 503_000, lower: 431_000, upper: 622_000 },
        result: 'held',
        reason: '',
      },
      {
        variant: 'outbound',
        metric: 'responseNs.p99',
        below: 1_000_000,
        unit: 'ns',
        value: { estimate: 1_903_000, lower: 1_480_000, upper: 2_210_000 },
        result: 'broken',
        reason: '',
      },
      {
        variant: 'outbound',
        metric: 'responseNs.p999',
        below: 5_000_000,
        unit: 'ns',
        value: null,
        result: 'cannot-tell',
        reason: 'a trial has fewer than 10,000 requests',
      },
    ],
  });
}

/** A run that was killed before its first block was whole. */
export function emptySummary(): Summary {
  return summaryFixture({
    ended: 'killed',
    endedAt: null,
    verdict: 'invalid',
    verdictReasons: ['no block is whole'],
    blocks: { planned: 6, measured: 0, incomplete: 1 },
    trials: { measured: 1, vetoed: 0 },
    variants: [],
    comparisons: [],
    doubts: [],
    notes: [],
  });
}

/** Two variants at twelve points of a matrix. */
export function matrixSummary(): Summary {
  const points = ['500/s', '1000/s', '2000/s', '4000/s'].flatMap((rate, i) =>
    ['1', '32', '128'].map((connections, j) => ({ rate, connections, slower: 1 + 0.12 * i + 0.05 * j })),
  );
  const sketches = points.flatMap(({ rate, connections, slower }) => {
    const point = ` load.rate=${rate} load.connections=${connections}`;
    return [DIRECT, OUTBOUND].map((sketch) => ({
      ...sketch,
      name: sketch.name + point,
      base: sketch.name,
      baseline: DIRECT.name + point,
      axes: { 'load.rate': rate, 'load.connections': connections },
      rate: Number.parseInt(rate, 10),
      p50: sketch.p50 * slower,
      p90: sketch.p90 * slower,
      p99: sketch.p99 * slower,
      p999: sketch.p999 * slower,
    }));
  });
  const variants = sketches.map((sketch) => variantFixture(sketch));
  const pairs = variants
    .filter(({ name, baseline }) => name !== baseline)
    .map(({ name, baseline }) => ({ candidate: name, baseline }));
  return summaryFixture({
    scenario: 'rate-and-connections',
    question: 'How does the cost of a hop change with rate and connections?',
    variants,
    comparisons: pairs.flatMap((pair, index) => [
      compared('responseNs.p50', 'ns', [92_100 + 900 * index, 89_000, 104_000], [2.48, 2.41, 2.55], 0.021, pair),
      compared('responseNs.p99', 'ns', [310_000, -81_000, 720_000], [1.4, 0.9, 1.9], 0.6, {
        ...pair,
        conclusion: 'cannot-tell',
      }),
    ]),
  });
}
