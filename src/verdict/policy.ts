import { BenchError } from '../units/index.ts';

/** What is gated: a metric and how much worse it may get. */
export interface GatedMetric {
  readonly name: string;
  /** `ratio`: by its logarithm, of times and sizes. `share`: by its difference, of fractions that are mostly 0. */
  readonly scale: 'ratio' | 'share';
  /** Of a ratio: 0.1 lets 1.1 times the baseline pass. Of a share: so much more of it. */
  readonly tolerance: number;
  /** In the metric's own unit: a smaller difference is no regression, whatever its ratio is. */
  readonly guard: number;
}

/** A point at which the gate may decide: so many whole blocks, and what of the error budget is spent there. */
export interface Look {
  readonly blocks: number;
  /** Probability of a false regression that this look may add, over all metrics. */
  readonly alpha: number;
  /** Probability of passing what is worse than the tolerance, per metric, that this look may add. */
  readonly beta: number;
}

/** How a gate decides, fixed before anything is measured. */
export interface Policy {
  readonly metrics: readonly GatedMetric[];
  /** Rising in blocks. */
  readonly looks: readonly Look[];
}

/** One-sided error budgets of a whole stage: over its looks they add up to these (Boole), whatever their dependence. */
const ALPHA = 0.05;
const BETA = 0.05;
/** Whole blocks at which a gate looks. Eight are the fewest that can find a regression among four metrics. */
export const LOOKS = [8, 14, 20] as const;

/** 5 µs: below it even a ratio of this machine's answers is nobody's regression. Per request, of processor time too. */
export const GUARD_NS = 5000;
/** Requests that may fail beyond the baseline's, and offered requests that may stay unanswered beyond the baseline's. */
const ERRORS = 0.001;
const SHORTFALL = 0.01;

/** The policy for metrics of the user's choice; errors and what was not achieved are always gated. */
export function makePolicy(
  metrics: ReadonlyMap<string, number>,
  {
    guardNs = GUARD_NS,
    looks = LOOKS,
    scenarios = 1,
  }: { guardNs?: number; looks?: readonly number[]; scenarios?: number } = {},
): Policy {
  const chosen = [...metrics].map(([name, tolerance]): GatedMetric => {
    return { name, scale: 'ratio', tolerance, guard: guardOf(name, guardNs) };
  });
  return {
    metrics: [
      ...chosen,
      { name: 'errors', scale: 'share', tolerance: ERRORS, guard: 0 },
      { name: 'shortfall', scale: 'share', tolerance: SHORTFALL, guard: 0 },
    ],
    looks: looks.map((blocks) => ({ blocks, alpha: ALPHA / looks.length / scenarios, beta: BETA / looks.length })),
  };
}

function guardOf(metric: string, guardNs: number): number {
  if (metric.includes('Ns.')) return guardNs;
  // ms per 1,000 requests are µs per request.
  return metric === 'cpuMsPer1k' ? guardNs / 1000 : 0;
}

/** Refuses what cannot be gated. @throws BenchError usage. */
export function checkMetric(name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  throw new BenchError('usage', 'GATE_METRIC', `"${name.slice(0, 80)}" cannot be gated`, {
    hint: `what can be: ${known.join(', ')}`,
  });
}
