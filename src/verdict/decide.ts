import {
  detectableEffect,
  hodgesLehmann,
  MAX_VALUES,
  median,
  probabilityAbove,
  probabilityBelow,
  signedRankInterval,
} from '../stats/index.ts';
import type { GatedMetric, Look, Policy } from './policy.ts';

/** The two values of a block; null where a trial cannot say. */
export type Pair = readonly [baseline: number | null, candidate: number | null];

/** The pairs of whole blocks by metric, in the order of the blocks. */
export type Pairs = ReadonlyMap<string, readonly Pair[]>;

/** What a look found about one metric. */
export interface Finding {
  readonly metric: string;
  readonly scale: GatedMetric['scale'];
  readonly tolerance: number;
  /** Pairs that there are, and blocks in which one of both values is missing. */
  readonly n: number;
  readonly missing: number;
  /** Medians over blocks. */
  readonly baseline: number | null;
  readonly candidate: number | null;
  /** Ratio candidate / baseline, or difference of shares: estimate and the exact 95 % interval (null under six blocks). */
  readonly effect: { readonly estimate: number; readonly lower: number | null; readonly upper: number | null } | null;
  /** Difference in the metric's unit, Hodges–Lehmann. */
  readonly difference: number | null;
  /** Exact one-sided probabilities of such data: without a change for the worse, and if it were as bad as the tolerance. */
  readonly pWorse: number;
  readonly pTolerated: number;
  /** Smallest ratio − 1 (or share) that these pairs could have told from none (80 % power). */
  readonly detectable: number | null;
  readonly state: 'regression' | 'pass' | 'open';
  /** Certainly better, and by more than the tolerance. */
  readonly improved: boolean;
  /** One sentence. */
  readonly why: string;
}

/** What a look found about all metrics, and whether the gate can end here. */
export interface Decision {
  readonly blocks: number;
  readonly findings: readonly Finding[];
  readonly state: Finding['state'];
}

/** The last look that these many whole blocks have reached; undefined before the first. */
export function lookAt(policy: Policy, blocks: number): Look | undefined {
  return policy.looks.findLast((look) => look.blocks <= blocks);
}

/**
 * Decides at a look, from the pairs of its blocks alone. Pure.
 *
 * A regression is what is certainly worse (Wilcoxon's signed-rank test, Holm over all metrics at the look's share of the
 * error budget) and by its estimate worse than the tolerance and than the guard. A pass is what is certainly not as bad
 * as the tolerance, or, where the guard is the larger one, certainly below the guard: one test, since two would be two
 * chances to pass what should not. All metrics have to pass, which needs no correction. Everything else is open: noise
 * above the tolerance never widens it.
 */
export function decide(policy: Policy, look: Look, pairs: Pairs): Decision {
  const tested = policy.metrics.map((metric) => measure(metric, (pairs.get(metric.name) ?? []).slice(0, look.blocks)));
  const significant = holm(
    tested.map(({ pWorse }) => pWorse),
    look.alpha,
  );
  const findings = tested.map((one, index) => judge(one, significant[index] === true, look));
  return { blocks: look.blocks, findings, state: overall(findings) };
}

function overall(findings: readonly Finding[]): Finding['state'] {
  if (findings.some(({ state }) => state === 'regression')) return 'regression';
  return findings.length > 0 && findings.every(({ state }) => state === 'pass') ? 'pass' : 'open';
}

/** Which of the hypotheses Holm's step-down procedure rejects at the level `alpha` (Holm, Scand. J. Statist. 6, 1979). */
export function holm(probabilities: readonly number[], alpha: number): readonly boolean[] {
  const order = probabilities.map((p, index) => ({ p, index })).sort((one, other) => one.p - other.p);
  const rejected = probabilities.map(() => false);
  for (const [rank, { p, index }] of order.entries()) {
    if (p > alpha / (probabilities.length - rank)) break;
    rejected[index] = true;
  }
  return rejected;
}

type Measured = Omit<Finding, 'state' | 'improved' | 'why'> & {
  readonly guard: number;
  readonly estimate: number;
  readonly threshold: number;
  /** Of the test by which it may pass: where the guard is larger than the tolerance, that of the guard. */
  readonly pPass: number;
  readonly byGuard: boolean;
  readonly pBetter: number;
};

function measure(metric: GatedMetric, pairs: readonly Pair[]): Measured {
  const whole = pairs.flatMap(([from, to]) => (from === null || to === null ? [] : [[from, to] as const]));
  const usable = metric.scale === 'share' ? whole : whole.filter(([from, to]) => from > 0 && to > 0);
  const kept = usable.slice(0, MAX_VALUES);
  const differences = kept.map(([from, to]) => to - from);
  const values = metric.scale === 'share' ? differences : kept.map(([from, to]) => Math.log(to / from));
  const threshold = metric.scale === 'share' ? metric.tolerance : Math.log1p(metric.tolerance);
  const estimate = hodgesLehmann(values);
  const back = metric.scale === 'share' ? (value: number) => value : Math.exp;
  const interval = signedRankInterval(values);
  const baseline = median(kept.map(([from]) => from));
  const byGuard = metric.scale === 'ratio' && metric.guard > metric.tolerance * (baseline ?? 0);
  const pTolerated = probabilityBelow(values, threshold);
  const effect = detectableEffect(values);
  return {
    metric: metric.name,
    scale: metric.scale,
    tolerance: metric.tolerance,
    guard: metric.guard,
    n: kept.length,
    missing: pairs.length - kept.length,
    baseline,
    candidate: median(kept.map(([, to]) => to)),
    effect:
      estimate === null
        ? null
        : {
            estimate: back(estimate),
            lower: interval === null ? null : back(interval.lower),
            upper: interval === null ? null : back(interval.upper),
          },
    difference: hodgesLehmann(differences),
    pWorse: probabilityAbove(values, 0),
    pTolerated,
    pPass: byGuard ? probabilityBelow(differences, metric.guard) : pTolerated,
    byGuard,
    pBetter: probabilityBelow(values, -threshold),
    estimate: estimate ?? 0,
    threshold,
    detectable: effect === null || metric.scale === 'share' ? effect : Math.expm1(effect),
  };
}

function judge(measured: Measured, significant: boolean, look: Look): Finding {
  const { guard, estimate, threshold, pPass, byGuard, pBetter, ...shown } = measured;
  const improved = measured.missing === 0 && pBetter <= look.alpha;
  if (significant && estimate >= threshold && (measured.difference ?? 0) >= guard) {
    return { ...shown, improved: false, state: 'regression', why: 'certainly worse, and by more than the tolerance' };
  }
  if (measured.missing > 0) {
    return {
      ...shown,
      improved,
      state: 'open',
      why: `missing in ${measured.missing} blocks, and what is missing never passes`,
    };
  }
  if (pPass <= look.beta) {
    const why = byGuard ? 'certainly a smaller difference than the guard' : 'certainly not worse than the tolerance';
    return { ...shown, improved, state: 'pass', why: improved ? 'certainly better' : why };
  }
  return { ...shown, improved, state: 'open', why: openWhy(measured) };
}

function openWhy({ detectable: least, tolerance, estimate, threshold, n }: Measured): string {
  if (n === 0) return 'no whole block';
  if (least !== null && least > tolerance)
    return 'too noisy: these blocks could not have seen a change of the tolerance';
  return estimate >= threshold ? 'perhaps worse than the tolerance, not certainly' : 'not certain yet';
}
