import { conclude } from '../gate/index.ts';
import { detectableShift, type Interval, MAX_SIDE, median, shiftInterval } from '../stats/index.ts';
import type { Comparable } from '../summary/index.ts';
import { BenchError } from '../units/index.ts';
import type { Bounds, ComparedRun, RecordComparison, RunComparison } from './comparison.ts';
import { fingerprintDifferences, planDifferences, questionDifferences, whyNotComparable } from './differences.ts';
import { COMPARED_METRICS, type RunDigest, type Samples, type VariantDigest } from './digest.ts';
import { doubtsAbout } from './doubts.ts';

/** Left out where it is missing. */
const OPTIONAL = 'responseNs.p999';
/** Comparisons that are made: a hostile record may name ten thousand variants. */
const MOST_COMPARISONS = 2000;

/**
 * Compares runs with the first of them, variant by variant of the same name. Trials of different runs share no block, so
 * they are not paired: Hodges–Lehmann shifts with exact Mann–Whitney intervals, of each metric itself and of what a variant adds to its
 * baseline, which is paired by block within each run. Pure.
 * @param tolerance the first run's own where it is undefined.
 * @throws BenchError usage under two runs.
 */
export function compareRuns(digests: readonly RunDigest[], tolerance?: number): RecordComparison {
  const [first, ...others] = digests;
  if (first === undefined || others.length === 0) {
    throw new BenchError('usage', 'COMPARE_ONE', 'a comparison needs two runs at least', {
      hint: 'name a second run: meshbench compare A B',
    });
  }
  const most = tolerance ?? first.tolerance;
  const reasons = digests.map((digest) => (digest === first ? [] : whyNotComparable(first, digest)));
  const names = new Set(digests.flatMap(({ variants }) => variants.map(({ name }) => name)));
  const having = [...names].map((variant) => ({
    variant,
    runs: digests.filter(({ variants }) => variants.some(({ name }) => name === variant)).map(({ label }) => label),
  }));
  const shared = having.filter(({ runs }) => runs.length === digests.length).map(({ variant }) => variant);
  const all = others.flatMap((other, index) =>
    compareRun(first, other, index + 1, most, (reasons[index + 1] ?? []).length === 0),
  );
  const comparisons = all.slice(0, MOST_COMPARISONS);
  const runs = digests.map((digest, index) => describeRun(digest, reasons[index] ?? []));
  return {
    schemaVersion: 1,
    tolerance: most,
    runs,
    plan: planDifferences(digests, shared),
    fingerprint: fingerprintDifferences(digests),
    unshared: having.filter(({ runs: labels }) => labels.length < digests.length).slice(0, 200),
    comparisons,
    doubts: doubtsAbout(runs, comparisons, all.length - comparisons.length),
  };
}

function describeRun(digest: RunDigest, why: readonly string[]): ComparedRun {
  const { label, header, mode, ended, blocks, trials, damage, certificate } = digest;
  return {
    label,
    scenario: header.scenario.name,
    question: header.scenario.question,
    runId: header.runId,
    startedAt: header.startedAt,
    runtime: header.runtime,
    meshbench: header.meshbench,
    mode,
    ended,
    planHash: header.plan.hash,
    blocks,
    trials,
    damage: damage.slice(0, 20),
    certificate,
    notComparable: why,
  };
}

function compareRun(
  first: RunDigest,
  other: RunDigest,
  run: number,
  tolerance: number,
  comparable: boolean,
): readonly RunComparison[] {
  return other.variants.slice(0, MOST_COMPARISONS).flatMap((variant) => {
    const before = first.variants.find(({ name }) => name === variant.name);
    if (before === undefined) return [];
    const asked = questionDifferences(before, variant);
    const obstacle = comparable ? differing(asked) : 'the runs are not comparable';
    const about = { run, variant: variant.name, tolerance, obstacle };
    return COMPARED_METRICS.flatMap((metric) => [
      ...compareSamples(about, metric, 'value', valuesOf(before, metric), valuesOf(variant, metric)),
      ...compareSamples(about, metric, 'added', addedOf(first, before, metric), addedOf(other, variant, metric)),
    ]);
  });
}

function differing(asked: readonly string[]): string | undefined {
  if (asked.length === 0) return undefined;
  return `${asked.every((field) => field.startsWith('load.')) ? 'the load differs' : 'what was asked differs'}: ${asked.join(', ')}`;
}

/** Samples on their own scale, and on the one on which ratios are differences. */
interface Scaled {
  readonly plain: Samples;
  readonly logs: Samples;
}

function valuesOf({ samples }: VariantDigest, { name }: Comparable): Scaled | undefined {
  const plain = samples.get(name) ?? [];
  return { plain, logs: plain.map(logarithm) };
}

/** What a variant adds to its baseline, block by block; undefined where it is the baseline. */
function addedOf(run: RunDigest, { name, baseline, samples }: VariantDigest, metric: Comparable): Scaled | undefined {
  const base = run.variants.find((other) => other.name === baseline)?.samples.get(metric.name);
  const own = samples.get(metric.name);
  if (name === baseline || base === undefined || own === undefined) return undefined;
  const pairs = own.map((value, block) => [base[block] ?? null, value] as const);
  return {
    plain: pairs.map(([from, to]) => (from === null || to === null ? null : to - from)),
    logs: pairs.map(([from, to]) => {
      const [before, after] = [logarithm(from), logarithm(to)];
      return before === null || after === null ? null : after - before;
    }),
  };
}

function logarithm(value: number | null): number | null {
  return value !== null && value > 0 ? Math.log(value) : null;
}

interface About {
  readonly run: number;
  readonly variant: string;
  readonly tolerance: number;
  /** Why nothing may be concluded. */
  readonly obstacle: string | undefined;
}

function compareSamples(
  { run, variant, tolerance, obstacle }: About,
  metric: Comparable,
  what: RunComparison['what'],
  before: Scaled | undefined,
  after: Scaled | undefined,
): readonly RunComparison[] {
  if (before === undefined || after === undefined) return [];
  const [from, to] = [present(before.plain), present(after.plain)];
  const lacking = before.plain.length - from.length + (after.plain.length - to.length);
  if (metric.name === OPTIONAL && (lacking > 0 || from.length === 0 || to.length === 0)) return [];
  const statistics = estimate(before, after, whyNone(from.length, to.length, lacking, metric.name));
  const { ratio, reasons } = statistics;
  return [
    {
      run,
      variant,
      metric: metric.name,
      unit: metric.unit,
      what,
      from: median(from),
      to: median(to),
      n: [from.length, to.length],
      ...statistics,
      conclusion: obstacle === undefined ? conclude(ratio, tolerance) : 'cannot-tell',
      reasons: obstacle === undefined ? reasons : { ...reasons, conclusion: obstacle },
    },
  ];
}

type Statistics = Pick<RunComparison, 'ratio' | 'difference' | 'confidence' | 'detectable' | 'reasons'>;

function estimate(before: Scaled, after: Scaled, obstacle: string | undefined): Statistics {
  const [from, to] = [present(before.plain), present(after.plain)];
  const [fromLogs, toLogs] = [present(before.logs), present(after.logs)];
  const difference = obstacle === undefined ? shiftInterval(from, to) : null;
  const noDifference = obstacle ?? (difference === null ? 'so few trials give no interval of 95 %' : undefined);
  const hasZeros = fromLogs.length + toLogs.length < from.length + to.length;
  const noRatio = noDifference ?? (hasZeros ? 'a value is not above 0' : undefined);
  const ratio = noRatio === undefined ? shiftInterval(fromLogs, toLogs) : null;
  const shift = detectableShift(fromLogs, toLogs);
  return {
    ratio: scaled(ratio, Math.exp),
    difference: scaled(difference, (size) => size),
    confidence: difference?.confidence ?? null,
    detectable: shift === null ? null : Math.expm1(shift),
    reasons: {
      ...(noRatio === undefined ? {} : { ratio: noRatio }),
      ...(noDifference === undefined ? {} : { difference: noDifference, confidence: noDifference }),
      ...(shift === null ? { detectable: 'needs two trials of each' } : {}),
    },
  };
}

function whyNone(from: number, to: number, lacking: number, metric: string): string | undefined {
  if (lacking > 0) return `${metric} is missing in ${lacking} trials, and not by chance`;
  if (from === 0 || to === 0) return 'a run has no whole block';
  if (Math.max(from, to) > MAX_SIDE) return `intervals of more than ${MAX_SIDE} trials of a run are not computed`;
  return undefined;
}

function present(samples: Samples): readonly number[] {
  return samples.filter((value) => value !== null);
}

function scaled(interval: Interval | null, scale: (value: number) => number): Bounds | null {
  if (interval === null) return null;
  return { estimate: scale(interval.estimate), lower: scale(interval.lower), upper: scale(interval.upper) };
}
