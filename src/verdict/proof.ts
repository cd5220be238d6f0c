import type { RunRecord } from '../record/index.ts';
import { binomialUpper, median, signedRankInterval } from '../stats/index.ts';
import { METRICS, sortBlocks } from '../summary/index.ts';
import { createRandom } from '../units/index.ts';
import { BARS, type BarResult, holdBar } from './bars.ts';
import { type TrialValues, valuesOf } from './pairs.ts';
import type { GatedMetric, Policy } from './policy.ts';
import type { RecordingKind } from './recordings.ts';
import { type RecordedBlock, replayGates, type Tally } from './replay.ts';
import type { GateVerdict } from './verdict.ts';

/** How many times its tolerance a metric is made worse. */
export const MULTIPLES = [1.5, 2] as const;
/** p99 has a curve of its own beside those of what is gated. */
export const TAIL = 'responseNs.p99';

/** How often gates find one injected busy-wait in one metric. */
export interface PowerRow {
  readonly metric: string;
  /** The metric and the multiple of its tolerance that the busy-wait was calibrated for. */
  readonly aimedAt: { readonly metric: string; readonly multiple: number };
  readonly workNs: number;
  readonly trials: number;
  /** Ratio of the metric as it was measured, with its exact 95 % interval. */
  readonly effect: { readonly estimate: number; readonly lower: number; readonly upper: number } | null;
  /** (ratio − 1) / tolerance. */
  readonly multiple: number | null;
  /** Of gates that gate this metric, errors and shortfall alone. */
  readonly tally: Tally;
  /** Share of these gates that has to find it; null where the busy-wait was calibrated for another metric. */
  readonly bar: number | null;
  /** How that stands, by what the busy-wait really did. */
  readonly result: BarResult | null;
}

/** A gate that was really run for the proof. */
export interface LiveGate {
  readonly injected: boolean;
  readonly workNs: number;
  readonly gateId: string;
  readonly verdict: GateVerdict;
  readonly seconds: number;
}

/** What the gate's own proof found. Additive within a schemaVersion. */
export interface ProofDocument {
  readonly schemaVersion: 1;
  readonly scenario: string;
  readonly startedAt: string;
  readonly meshbench: string;
  readonly fingerprint: Readonly<Record<string, string | number | boolean | null>>;
  readonly policy: Policy;
  readonly seed: number;
  /** How many trials, and live gates of each kind, were asked for; with fewer the proof is not whole. */
  readonly wanted: { readonly aaTrials: number; readonly trialsPerEffect: number; readonly live: number };
  readonly aa: {
    readonly trials: number;
    readonly vetoedTrials: number;
    /** Gates over all metrics of the policy. */
    readonly tally: Tally;
    /** With 95 % confidence false alarms are not more frequent, as far as the recorded blocks stand for others. */
    readonly upper: number;
  };
  readonly power: readonly PowerRow[];
  readonly live: readonly LiveGate[];
  readonly records: readonly ProofRecord[];
}

/** One of the records that a proof is computed from. */
export interface ProofRecord {
  readonly kind: RecordingKind;
  /** Below reports/. */
  readonly folder: string;
  readonly startedAt: string;
  /** Of this program; null outside a Git checkout. */
  readonly revision: string | null;
  readonly blocks: { readonly measured: number };
  readonly trials: { readonly measured: number; readonly vetoed: number };
}

/** Records of a proof: of trials without a difference, and of trials with busy-waits beside such without; undefined is none. */
export interface ProofRecords {
  readonly aa: RunRecord | undefined;
  readonly effects: RunRecord | undefined;
}

/** The replayed part of a proof: from the records alone, the same every time. Pure. */
export function proveByReplay(
  records: ProofRecords,
  policy: Policy,
  gates: number,
  seed: number,
): Pick<ProofDocument, 'aa' | 'power'> {
  const random = createRandom(seed);
  const { aa, effects } = records;
  const blocks = aa === undefined ? [] : blocksOf(valuesOf(aa, namesOf(policy)), 'baseline', 'candidate');
  // What was not recorded cannot be replayed: no gate is better than a thousand of nothing.
  const tally = replayGates(blocks, policy, blocks.length === 0 ? 0 : gates, random, true);
  return {
    aa: {
      trials: 2 * blocks.length,
      vetoedTrials: aa === undefined ? 0 : sortBlocks(aa).trials.vetoed,
      tally,
      upper: tally.gates === 0 ? 1 : binomialUpper(tally.regression, gates, 0.05),
    },
    power: effects === undefined ? [] : powerOf(effects, policy, gates, seed),
  };
}

function powerOf(record: RunRecord, policy: Policy, gates: number, seed: number): readonly PowerRow[] {
  const random = createRandom(seed + 1);
  const values = valuesOf(record, namesOf(policy));
  const shown = [...policy.metrics.filter(({ scale }) => scale === 'ratio'), tailOf(policy)];
  const metrics = shown.filter(({ name }, at) => shown.findIndex((other) => other.name === name) === at);
  return record.header.plan.variants
    .filter(({ name, baseline }) => name !== baseline)
    .flatMap((variant) => {
      const blocks = blocksOf(values, variant.baseline, variant.name);
      const aimedAt = { metric: variant.axes['metric'] ?? '', multiple: Number(variant.axes['multiple'] ?? 'NaN') };
      return metrics.map((metric): PowerRow => {
        const alone = { ...policy, metrics: [metric, ...policy.metrics.filter(({ scale }) => scale === 'share')] };
        const effect = effectOf(blocks, metric);
        const row = {
          metric: metric.name,
          aimedAt,
          workNs: Number(variant.axes['workNs'] ?? 'NaN'),
          trials: blocks.length,
          effect,
          multiple: effect === null ? null : (effect.estimate - 1) / metric.tolerance,
          tally: replayGates(blocks, alone, blocks.length === 0 ? 0 : gates, random, false),
          bar: metric.name === aimedAt.metric ? (BARS.detection.get(aimedAt.multiple) ?? null) : null,
        };
        return { ...row, result: holdBar(row) };
      });
    });
}

function namesOf({ metrics }: Policy): readonly string[] {
  return [...new Set([...metrics.map(({ name }) => name), TAIL])];
}

function tailOf({ metrics }: Policy): GatedMetric {
  const [first] = metrics;
  return { name: TAIL, scale: 'ratio', tolerance: first?.tolerance ?? 0.1, guard: first?.guard ?? 0 };
}

function blocksOf(
  values: ReadonlyMap<string, readonly TrialValues[]>,
  baseline: string,
  candidate: string,
): readonly RecordedBlock[] {
  const from = values.get(baseline) ?? [];
  return (values.get(candidate) ?? []).flatMap((trial, at): RecordedBlock[] => {
    const before = from[at];
    return before === undefined ? [] : [[before, trial]];
  });
}

function effectOf(blocks: readonly RecordedBlock[], { name }: GatedMetric): PowerRow['effect'] {
  const logs = blocks.flatMap(([from, to]) => {
    const [before, after] = [from.get(name) ?? 0, to.get(name) ?? 0];
    return before > 0 && after > 0 ? [Math.log(after / before)] : [];
  });
  const interval = signedRankInterval(logs);
  if (interval === null) return null;
  return { estimate: Math.exp(interval.estimate), lower: Math.exp(interval.lower), upper: Math.exp(interval.upper) };
}

/** The middle of a metric over the trials of one variant, in ns per request; null where it is of no time. */
export function timePerRequest(record: RunRecord, variant: string, metric: string): number | null {
  const values = valuesOf(record, [metric]).get(variant) ?? [];
  const middle = median(values.flatMap((trial) => trial.get(metric) ?? []));
  if (middle === null) return null;
  const unit = METRICS.get(metric)?.unit;
  if (unit === 'ns') return middle;
  // ms per 1,000 requests are µs per request.
  return metric === 'cpuMsPer1k' ? middle * 1000 : null;
}
