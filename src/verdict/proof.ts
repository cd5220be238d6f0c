import type { RunRecord } from '../record/index.ts';
import { binomialUpper, median, signedRankInterval } from '../stats/index.ts';
import { METRICS } from '../summary/index.ts';
import { createRandom } from '../units/index.ts';
import { type TrialValues, valuesOf } from './pairs.ts';
import type { GatedMetric, Policy } from './policy.ts';
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
  /** Folders of the records, below reports/. */
  readonly records: readonly string[];
}

/** Records of a proof: of trials without a difference, and of trials with busy-waits beside such without. */
export interface ProofRecords {
  readonly aa: RunRecord;
  readonly effects: RunRecord;
}

/** The replayed part of a proof: from the records alone, the same every time. Pure. */
export function proveByReplay(
  records: ProofRecords,
  policy: Policy,
  gates: number,
  seed: number,
): Pick<ProofDocument, 'aa' | 'power'> {
  const random = createRandom(seed);
  const names = namesOf(policy);
  const blocks = blocksOf(valuesOf(records.aa, names), 'baseline', 'candidate');
  const tally = replayGates(blocks, policy, gates, random, true);
  const vetoedTrials = records.aa.trials.filter(({ vetoes }) => vetoes.length > 0).length;
  return {
    aa: { trials: 2 * blocks.length, vetoedTrials, tally, upper: binomialUpper(tally.regression, gates, 0.05) },
    power: powerOf(records.effects, policy, gates, seed),
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
        return {
          metric: metric.name,
          aimedAt,
          workNs: Number(variant.axes['workNs'] ?? 'NaN'),
          trials: blocks.length,
          effect,
          multiple: effect === null ? null : (effect.estimate - 1) / metric.tolerance,
          tally: replayGates(blocks, alone, gates, random, false),
        };
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
