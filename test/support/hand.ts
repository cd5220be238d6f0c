import type { Histograms } from '../../src/load/index.ts';
import { Histogram } from '../../src/metrics/index.ts';
import type { Header, RunRecord, Trial } from '../../src/record/index.ts';
import { summarize, type VariantSummary } from '../../src/summary/index.ts';

const SECOND = 1e9;

/** A trial by hand. Latencies below 2,048 ns are exact in a histogram. */
export interface HandTrial {
  readonly block: number;
  readonly variant: string;
  /** Response times of the requests that succeeded, ns; service times are the same unless they are given. */
  readonly response: readonly number[];
  readonly service?: readonly number[];
  readonly queueWait?: readonly number[];
  readonly releaseLag?: readonly number[];
  /** All succeeded unless it is given. */
  readonly outcomes?: Trial['load']['outcomes'];
  /** As many as the outcomes unless it is given. */
  /** When the last request ended, ns after the measurement began; a second by default. */
  readonly lastDone?: number;
  readonly planned?: number;
  /** Everything ended in second 0 unless it is given. */
  readonly intervals?: readonly HandInterval[];
  readonly vetoed?: boolean | Trial['vetoes'];
  /** Where a search chose it. */
  readonly rate?: number;
  readonly usage?: Partial<Trial['usage']>;
  readonly ready?: Trial['ready'];
  readonly events?: Trial['timeline']['events'];
  readonly versions?: Trial['load']['versions'];
  readonly packets?: Trial['packets'];
}

export interface HandInterval {
  readonly second: number;
  readonly outcomes: Trial['load']['outcomes'];
  readonly response?: readonly number[];
}

export interface HandPlan {
  readonly variants?: readonly HandVariant[];
  readonly blocks?: number;
  readonly mode?: 'full' | 'quick';
  readonly tolerance?: number;
  readonly thresholds?: Header['plan']['thresholds'];
  readonly fingerprint?: Header['fingerprint'];
  readonly end?: RunRecord['end'];
  readonly damage?: readonly string[];
  readonly certificate?: RunRecord['certificate'];
  readonly knee?: Header['plan']['knee'];
}

/** The first variant is the baseline of all unless it is given. */
export type HandVariant = Partial<Header['plan']['variants'][number]> & { readonly name: string };

const COMPLETE: RunRecord['end'] = { type: 'end', endedAt: '2026-01-01T00:01:00.000Z', how: 'complete', reason: '' };

/** A record of the given trials, of one second each. The histograms must have been initialised. */
export function handRecord(trials: readonly HandTrial[], plan: HandPlan = {}): RunRecord {
  return {
    header: header(plan),
    certificate: plan.certificate,
    trials: trials.map(trialOf),
    end: 'end' in plan ? plan.end : COMPLETE,
    damage: plan.damage ?? [],
  };
}

function header(plan: HandPlan): Header {
  const variants = plan.variants ?? [{ name: 'direct' }, { name: 'outbound' }];
  return {
    type: 'header',
    schemaVersion: 1,
    runId: 'hand',
    startedAt: '2026-01-01T00:00:00.000Z',
    meshbench: '0.1.0',
    runtime: 'sandbox',
    scenario: { name: 'hand', question: 'What is it?', description: null, source: '' },
    plan: {
      hash: 'abc',
      mode: plan.mode ?? 'full',
      seed: 1,
      blocks: plan.blocks ?? 6,
      spareTrials: 100,
      agents: 1,
      timeLimitNs: 60 * SECOND,
      estimateNs: 60 * SECOND,
      tolerance: plan.tolerance ?? 0.05,
      thresholds: plan.thresholds ?? [],
      variants: variants.map((variant) => ({
        base: variant.name,
        baseline: variants[0]?.name ?? variant.name,
        axes: {},
        settings: {},
        offeredRate: 100,
        durationNs: SECOND,
        warmupNs: SECOND,
        path: '',
        missingSignals: [],
        ...variant,
      })),
      ...(plan.knee === undefined ? {} : { knee: plan.knee }),
      vetoLimits: {},
    },
    fingerprint: plan.fingerprint ?? { 'placement.system': '1', 'placement.shared': false },
    notes: [],
  };
}

function trialOf(hand: HandTrial, index: number): Trial {
  const outcomes = hand.outcomes ?? { ok: hand.response.length };
  const all = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const limit = { signal: 'steal', value: 1, limit: 0, unit: 'share', text: 'Stolen.' } as const;
  return {
    type: 'trial',
    index,
    block: hand.block,
    position: 0,
    variant: hand.variant,
    startedAt: '2026-01-01T00:00:00.000Z',
    ...(hand.rate === undefined ? {} : { rate: hand.rate }),
    vetoes: typeof hand.vetoed === 'object' ? hand.vetoed : hand.vetoed === true ? [limit] : [],
    timeline: { phases: [], events: hand.events ?? [] },
    load: {
      agents: 1,
      planned: hand.planned ?? all,
      histograms: {
        response: encode(hand.response),
        service: encode(hand.service ?? hand.response),
        queueWait: encode(hand.queueWait ?? hand.response.map(() => 0)),
        releaseLag: encode(hand.releaseLag ?? hand.response.map(() => 1)),
      },
      outcomes,
      failed: [],
      failedOverflow: 0,
      loopGaps: { over1ms: 0, over1msNs: 0, maxNs: 0 },
      connections: { opened: 1, closedByPeer: 0, refused: 0 },
      versions: hand.versions ?? {},
      lastDone: hand.lastDone ?? SECOND,
      intervals: (hand.intervals ?? [{ second: 0, outcomes, response: hand.response }]).map(intervalOf),
    },
    usage: { ...usage({}), ...hand.usage },
    ready: hand.ready ?? {},
    proxies: {},
    ...(hand.packets === undefined ? {} : { packets: hand.packets }),
  };
}

function intervalOf({ second, outcomes, response }: HandInterval): Trial['load']['intervals'][number] {
  const empty = encode([]);
  const histograms: Histograms = {
    response: encode(response ?? []),
    service: empty,
    queueWait: empty,
    releaseLag: empty,
  };
  return { second, outcomes, histograms };
}

/** Usage of one second on two processors: processor time in ms and memory in MB by component. */
export function usage(
  components: Readonly<Record<string, { readonly cpuMs: number; readonly rssMb: number }>>,
): Trial['usage'] {
  const counted = Object.entries(components).map(([name, { cpuMs, rssMb }]) => {
    const cpuNs = cpuMs * 1e6;
    const rssBytes = rssMb * 1e6;
    const switches = { voluntarySwitches: 0, involuntarySwitches: 0, threads: [] };
    return [
      name,
      { cpuNs, runDelayNs: cpuNs / 10, ...switches, rssBytes, pssBytes: null, peakBytes: rssBytes * 2 },
    ] as const;
  });
  const used = counted.reduce((sum, [, { cpuNs }]) => sum + cpuNs, 0);
  return {
    windowNs: SECOND,
    components: Object.fromEntries(counted),
    machine: {
      cores: 2,
      busyNs: used + 1e6,
      unattributedNs: 1e6,
      busyByCpuNs: {},
      softirqNs: 0,
      stealNs: 0,
      stealByCpuNs: {},
      contextSwitches: 0,
    },
    series: [],
  };
}

/** HdrHistogram text of some values, ns. */
export function encode(values: readonly number[]): string {
  using histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram.encode();
}

/** The only variant of a record, `direct`, one trial per block. */
export function only(trials: readonly Omit<HandTrial, 'variant' | 'block'>[], durationNs = 1e9): VariantSummary {
  const hand = trials.map((trial, block) => ({ ...trial, block, variant: 'direct' }));
  const [variant] = summarize(handRecord(hand, { variants: [{ name: 'direct', durationNs }] })).variants;
  if (variant === undefined) throw new RangeError('a plan of one variant has a summary of it');
  return variant;
}

/** 1 … n. */
export function counting(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1);
}
