import type { ReportContext } from '../../src/report/index.ts';
import type { Comparison, Estimate, Quantiles, Reasons, Summary, VariantSummary } from '../../src/summary/index.ts';
import { createRandom } from '../../src/units/index.ts';
import { certificateSummary } from './certificate.ts';

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

/** Into the sidecar beside the client. */
const REDIRECT = {
  table: 'nat',
  rule: '-A OUTPUT -d 198.18.0.0/15 -p tcp -m mark ! --mark 0x539 -j REDIRECT --to-ports 15001',
  packets: 32,
  bytes: 1920,
};

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
      'filters.client.envoy.network': 'http_connection_manager',
      'filters.client.envoy.http': 'router',
    },
    planHash: 'b1946ac92492d2347c6235b4d2611184a0f1c2d3e4f5061728394a5b6c7d8e9f',
    seed: 421337,
    blocks: { planned: 6, measured: 6, incomplete: 0 },
    trials: { measured: 12, vetoed: 0 },
    certificate: certificateSummary(),
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
    packets: sidecar ? { client: [REDIRECT] } : {},
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

/** The quantiles of a sketch in ns. */
export function quantiles(sketch: Sketch, scale: number, reasons: Reasons = {}): Quantiles {
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

/** What stands beside a report. */
export const CONTEXT: ReportContext = {
  command: 'npm run bench quickstart -- --seed 421337',
  files: [
    { name: 'record.jsonl', what: 'the record: every trial as it was measured' },
    { name: 'summary.json', what: 'the numbers of this page' },
    { name: 'config/outbound/client.envoy.json', what: "a proxy's configuration" },
  ],
};
