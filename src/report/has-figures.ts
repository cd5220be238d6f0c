import { isAboutEvents, type Summary } from '../summary/index.ts';

/**
 * Whether variants have figures of their own to be shown: not where a run calibrates and measures nothing, and not where a
 * search chose another rate for every trial.
 */
export function hasFigures({ blocks, knees }: Summary): boolean {
  return blocks.planned > 0 && knees === undefined;
}

/** Whether a run measures variants at all. */
export function measures({ blocks }: Summary): boolean {
  return blocks.planned > 0;
}

/**
 * Whether nothing is gated and no comparison of the headline could be told: then charts that answer the question come
 * before comparisons that do not.
 */
export function chartsFirst(summary: Summary): boolean {
  const headline = summary.comparisons.filter(({ metric }) => metric === 'responseNs.p50');
  if (!hasFigures(summary) || isAboutEvents(summary) || summary.thresholds.length > 0) return false;
  if (headline.length === 0) return false;
  return headline.every(({ conclusion, difference }) => conclusion === 'cannot-tell' && difference !== null);
}
