import type { ReportContext } from '../../src/report/index.ts';
import type { Comparison, Estimate, Quantiles, Reasons, Summary, VariantSummary } from '../../src/summary/index.ts';
import { createRandom } from '../../src/units/index.ts';

/**
 * Summaries made by hand, with numbers as a two-core machine gives them, for tests of what is drawn from a summary.
 * They are the same in every process: noise comes from a seed.
 */

/** How a made-up variant differs from `direct`. */
interface Sketch {
  readonly name: string;
  readonly base?: string;
  readonly baseline?: string;
  readonly axes?: Readonly<Record<string, string>>;
  readonly path: string;
  /** Response time in µs. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly rate?: number;
  readonly sidecar: boolean;
  readonly blocks?: number;
}

const SECONDS = 10;
const SHARES = [0, 0.25, 0.5, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.98, 0.985, 0.99, 0.995, 0.9975, 0.999];
const QUANTILE_PLACES = { 0.5: 'p50', 0.9: 'p90', 0.99: 'p99', 0.999: 'p999' } as const;

export const DIRECT: Sketch = {
  name: 'direct',
  path: 'The client calls the server over one TCP connection pool, with no proxy between.',
  p50: 62.1,
  p90: 93.4,
  p99: 503,
  p999: 1310,
  max: 4210,
  sidecar: false,
};

export const OUTBOUND: Sketch = {
  name: 'outbound',
  path: 'The client calls its own Envoy sidecar, which listens on the service’s port and forwards to the server.',
  p50: 154.2,
  p90: 231,
  p99: 1903,
  p999: 3420,
  max: 9730,
  sidecar: true,
};

/** The quickstart scenario: direct and outbound, six blocks. */
export function summaryFixture(changes: Partial<Summary> = {}): Summary {
  return {
    schemaVersion: 1,
    scenario: 'quickstart',
    question: 'What does one outbound sidecar hop cost?',
    description: 'The smallest mesh there is: one client, one server, and one Envoy between them.',
    runId: '20261122-140312-k3f9',
    runtime: 'sandbox',
    meshbench: '0.1.0',
    mode: 'full',
    startedAt: '2026-11-22T14:03:12.118Z',
    endedAt: '2026-11-22T14:05:19.402Z',
    ended: 'complete',
    verdict: 'none',
    verdictReasons: ['nothing was gated: the scenario has no thresholds and no baseline was given'],
    fingerprint: {
      runtime: 'sandbox',
      'cpu.model': 'Intel(R) Xeon(R) Processor @ 2.90GHz',
      'cpu.count': 2,
      'cpu.governor': null,
      'memory.bytes': 8_203_132_928,
      'kernel.release': '6.1.0-30-amd64',
      'machine.virtual': true,
      'placement.load': '0',
      'placement.system': '1',
      'placement.shared': false,
      'node.harness': 'v20.20.2',
      'node.agents': 'v20.20.2',
      'envoy.1.40.0.build': '2b4d1f2a6c/1.40.0/Clean/RELEASE/BoringSSL',
      'envoy.1.40.0.sha256': '5f0c8ac1b7c1d6ab43c7a2e61b3bb0c0b6a4d6a4a4b5a6f0f8a2d7c40c1de9aa',
      'envoy.1.40.0.source': 'wheel',
    },
    planHash: 'b1946ac92492d2347c6235b4d2611184a0f1c2d3e4f5061728394a5b6c7d8e9f',
    seed: 421337,
    blocks: { planned: 6, measured: 6, vetoed: 0, incomplete: 0 },
    vetoes: [],
    vetoLimits: { releaseLag: 1_000_000, loopGaps: 0.02, steal: 0.02, outsideCpu: 0.1, lostIntervals: 0 },
    variants: [variantFixture(DIRECT), variantFixture(OUTBOUND)],
    comparisons: [
      compared('responseNs.p50', 'ns', [92_100, 89_000, 95_200], [2.48, 2.41, 2.55], 0.021),
      compared('responseNs.p90', 'ns', [137_600, 131_000, 146_000], [2.47, 2.38, 2.58], 0.034),
      compared('responseNs.p99', 'ns', [1_400_000, 980_000, 1_830_000], [3.78, 2.71, 4.9], 0.31),
      compared('cpuMsPer1k', 'ms', [41.9, 40.8, 43.1], [1.86, 1.83, 1.9], 0.014),
      compared('rssBytes', 'B', [67_000_000, 66_400_000, 67_900_000], [2.24, 2.21, 2.28], 0.012),
    ],
    thresholds: [],
    doubts: [
      'The machine has 2 cores: the system under test had one of them to itself, the load the other.',
      'p99 varies by 31 % between blocks: effects below that would not have been seen.',
    ],
    notes: ['The priority of the load generator could not be raised: that needs root.'],
    ...changes,
  };
}

/** A comparison of outbound with direct, or of the variants that are given. */
export function compared(
  metric: string,
  unit: Comparison['unit'],
  difference: readonly [number, number, number] | string,
  ratio: readonly [number, number, number] | string,
  detectable: number | null,
  changes: Partial<Comparison> = {},
): Comparison {
  return {
    baseline: 'direct',
    candidate: 'outbound',
    metric,
    unit,
    difference: estimate(difference),
    ratio: estimate(ratio),
    n: 6,
    confidence: typeof difference === 'string' ? null : 0.969,
    detectable,
    conclusion: typeof difference === 'string' ? 'cannot-tell' : 'worse',
    reasons: {
      ...(typeof difference === 'string' ? { difference, confidence: difference } : {}),
      ...(typeof ratio === 'string' ? { ratio } : {}),
      ...(detectable === null ? { detectable: 'needs two blocks' } : {}),
    },
    ...changes,
  };
}

function estimate(values: readonly [number, number, number] | string): Estimate | null {
  return typeof values === 'string' ? null : { estimate: values[0], lower: values[1], upper: values[2] };
}

/** A variant after a sketch. */
export function variantFixture(sketch: Sketch, changes: Partial<VariantSummary> = {}): VariantSummary {
  const { name, base = name, axes = {}, baseline = 'direct', path, rate = 2000, sidecar, blocks = 6 } = sketch;
  const requests = rate * SECONDS * blocks;
  return {
    name,
    base,
    axes,
    baseline,
    path,
    settings: {
      mesh: { outbound: sidecar ? 'listener' : 'none', envoy: { concurrency: 1 } },
      load: { rate: `${rate}/s`, connections: 32, schedule: 'constant', duration: '10s', warmup: '2s', timeout: '5s' },
      app: { delay: '0', payload: '1kB', stalls: [] },
    },
    missingSignals: sidecar ? ['no server-side view: there is no inbound sidecar'] : [],
    trials: blocks,
    requests,
    errors: 0,
    outcomes: { ok: requests },
    offeredRate: rate,
    achievedRate: rate * 0.9998,
    overloaded: false,
    responseNs: quantiles(sketch, 1),
    serviceNs: quantiles(sketch, 0.93),
    queueWaitNs: { p50: 900, p90: 1_400, p99: 3_900, p999: 41_000, max: 1_204_000, reasons: {} },
    releaseLagNs: { p50: 5_400, p99: 61_000, p999: 402_000, reasons: {} },
    cpu: {
      components: {
        'server.app': { coreSeconds: 0.98, cpuMsPer1k: 48.9, runDelaySeconds: 0.021 },
        ...(sidecar ? { 'client.envoy': { coreSeconds: 0.838, cpuMsPer1k: 41.9, runDelaySeconds: 0.019 } } : {}),
        'client.load': { coreSeconds: 1.31, cpuMsPer1k: 65.5, runDelaySeconds: 0.042 },
        harness: { coreSeconds: 0.04, cpuMsPer1k: 2, runDelaySeconds: 0.002 },
      },
      machine: { busyCores: sidecar ? 0.412 : 0.331, stealPercent: 0.21, unattributedCores: 0.094 },
      reasons: {},
    },
    memory: {
      components: {
        'server.app': { rssBytes: 54_100_000, pssBytes: 31_800_000, peakBytes: 55_200_000 },
        ...(sidecar ? { 'client.envoy': { rssBytes: 67_000_000, pssBytes: 64_900_000, peakBytes: 67_400_000 } } : {}),
        'client.load': { rssBytes: 88_300_000, pssBytes: 61_000_000, peakBytes: 90_100_000 },
        harness: { rssBytes: 49_700_000, pssBytes: null, peakBytes: 50_200_000 },
      },
    },
    readyNs: sidecar ? 212_000_000 : 94_000_000,
    events: [],
    versions: {},
    reasons: {},
    perTrial: trialPoints(sketch),
    spectrum: spectrumPoints(sketch),
    series: seriesPoints(sketch),
    ...changes,
  };
}

function quantiles(sketch: Sketch, scale: number, reasons: Reasons = {}): Quantiles {
  const ns = (us: number): number => Math.round(us * 1e3 * scale);
  return {
    p50: ns(sketch.p50),
    p90: ns(sketch.p90),
    p99: ns(sketch.p99),
    p999: ns(sketch.p999),
    max: ns(sketch.max),
    reasons,
  };
}

function trialPoints({ p50, p90, p99, sidecar, blocks = 6 }: Sketch): VariantSummary['perTrial'] {
  const random = createRandom(Math.round(p50 * 10));
  const near = (us: number, spread: number): number => Math.round(us * 1e3 * (1 + spread * (random() - 0.5)));
  return Array.from({ length: blocks }, (_, block) => ({
    block,
    p50: near(p50, 0.06),
    p90: near(p90, 0.1),
    p99: near(p99, 0.6),
    cpuMsPer1k: (sidecar ? 90.8 : 48.9) * (1 + 0.02 * (random() - 0.5)),
    releaseLagP99: near(61, 0.2),
  }));
}

/** Between its quantiles a spectrum is straight on the scales on which it is drawn. */
function spectrumPoints(sketch: Sketch): VariantSummary['spectrum'] {
  const knots = [
    { depth: 0, us: sketch.p50 * 0.55 },
    ...Object.entries(QUANTILE_PLACES).map(([p, field]) => ({ depth: -Math.log10(1 - Number(p)), us: sketch[field] })),
  ];
  return SHARES.map((fraction) => {
    const depth = -Math.log10(1 - fraction);
    const after = knots.findIndex((knot) => knot.depth >= depth - 1e-9);
    const [left, right] = [knots[Math.max(0, after - 1)], knots[after]];
    if (left === undefined || right === undefined) throw new Error('the knots span the depths');
    const share = right.depth === left.depth ? 1 : (depth - left.depth) / (right.depth - left.depth);
    const us = Math.exp(Math.log(left.us) + share * Math.log(right.us / left.us));
    return { fraction, ns: Math.round(us * 1e3) };
  });
}

function seriesPoints({ p50, p99, rate = 2000, sidecar }: Sketch): VariantSummary['series'] {
  const random = createRandom(Math.round(p99));
  return Array.from({ length: SECONDS }, (_, second) => ({
    second,
    requests: rate + Math.round(4 * (random() - 0.5)),
    errors: 0,
    p50: Math.round(p50 * 1e3 * (1 + 0.08 * (random() - 0.5))),
    p99: Math.round(p99 * 1e3 * (0.7 + 0.9 * random() ** 3)),
    cpuCores: { 'server.app': 0.098, ...(sidecar ? { 'client.envoy': 0.084 } : {}), 'client.load': 0.131 },
  }));
}

/** Quick mode: two blocks, nothing compared. */
export function quickSummary(): Summary {
  const reason = 'needs 6 blocks, there are 2';
  return summaryFixture({
    mode: 'quick',
    verdictReasons: ['quick mode shows that a scenario works; it is never judged'],
    blocks: { planned: 2, measured: 2, vetoed: 0, incomplete: 0 },
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
    verdictReasons: ['3 of 4 blocks were vetoed; at most a fifth may be'],
    blocks: { planned: 6, measured: 1, vetoed: 3, incomplete: 1 },
    vetoes: vetoedTrials(),
    variants: [DIRECT, OUTBOUND].map((sketch) => variantFixture({ ...sketch, blocks: 1 })),
    comparisons: [],
  });
}

function vetoedTrials(): Summary['vetoes'] {
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
    blocks: { planned: 15, measured: 15, vetoed: 3, incomplete: 0 },
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
    blocks: { planned: 6, measured: 0, vetoed: 0, incomplete: 1 },
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

/** Markup, escapes, marks that turn the direction of writing, and words without end, wherever a record holds text. */
export const HOSTILE = [
  '</style></svg><script>document.title="owned"</script><img src=x onerror=alert(1)>',
  '\u001b[2J\u001b]0;owned\u0007\u009b31mred\u0000\r\n\tline',
  '\u202egnp.exe\u202c \u200bzero\u2066iso\u2069\ufeff \ud800 lone',
  '| a | b |\n|---|---|\n`code` **bold** [x](javascript:alert(1)) @octocat #1 https://example.org www.example.org',
  '{signal:"x"} {{x}} javascript:alert(1) &lt; "double" \'single\'',
  '__proto__',
] as const;

/** A summary in which every text is hostile, and some are 10,000 characters long. */
export function hostileSummary(): Summary {
  let turn = 0;
  const hostile = (): string => {
    turn += 1;
    return turn % 9 === 0 ? `${turn} ${'W'.repeat(10_000)}` : `${turn} ${HOSTILE[turn % HOSTILE.length] ?? ''}`;
  };
  const poisoned = (value: unknown): unknown => {
    if (typeof value === 'string') return hostile();
    if (Array.isArray(value)) return value.map(poisoned);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, poisoned(inner)]));
  };
  const base = failingSummary();
  const names = base.variants.map(() => hostile());
  const named = base.variants.map((variant, index) => ({
    ...(poisoned({ ...variant, settings: { ...variant.settings, [hostile()]: hostile() } }) as VariantSummary),
    name: names[index] ?? '',
    base: names[index] ?? '',
    baseline: names[0] ?? '',
    outcomes: { ok: 5, [hostile()]: 7 },
    cpu: { ...variant.cpu, components: renamed(variant.cpu.components, hostile) },
    memory: { components: renamed(variant.memory.components, hostile) },
  }));
  return {
    ...(poisoned(base) as Summary),
    ...({ schemaVersion: 1, mode: base.mode, ended: base.ended, verdict: base.verdict } as const),
    fingerprint: { [hostile()]: hostile(), [hostile()]: 3, [`envoy.${hostile()}.build`]: hostile() },
    vetoLimits: { [hostile()]: 0.5 },
    vetoes: vetoedTrials().map((veto) => ({ ...veto, variant: hostile(), signal: hostile(), text: hostile() })),
    variants: named,
    comparisons: base.comparisons.map((comparison) => ({
      ...comparison,
      baseline: names[0] ?? '',
      candidate: names[1] ?? '',
      metric: comparison.metric === 'rssBytes' ? hostile() : comparison.metric,
    })),
    thresholds: base.thresholds.map((threshold) => ({
      ...threshold,
      variant: hostile(),
      metric: hostile(),
      unit: hostile(),
      reason: hostile(),
    })),
  };
}

function renamed<Value>(record: Readonly<Record<string, Value>>, name: () => string): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([, value]) => [name(), value]));
}

/** What stands beside a report. */
export const CONTEXT: ReportContext = {
  command: 'npm run bench quickstart -- --seed 421337',
  files: [
    { name: 'record.jsonl', what: 'the record: every trial as it was measured' },
    { name: 'summary.json', what: 'the numbers of this page' },
    { name: 'config/outbound/client.envoy.json', what: "a proxy's configuration" },
  ],
};
