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
  if (isAboutConfiguration(summary)) return true;
  const headline = headlines(summary);
  if (!isUngated(summary) || headline.length === 0) return false;
  return headline.every(({ conclusion, difference }) => conclusion === 'cannot-tell' && difference !== null);
}

/**
 * Whether a control plane configured sidecars, and nothing could be told of response times: then what that took is the
 * answer, and it comes before everything else.
 */
export function isAboutConfiguration(summary: Summary): boolean {
  if (!isUngated(summary) || !summary.variants.some(({ configuration }) => configuration !== undefined)) return false;
  return headlines(summary).every(({ conclusion }) => conclusion === 'cannot-tell');
}

/** Whether comparisons of times and costs stand aside: a run is about something else, or none of them can be told. */
export function comparisonsAside(summary: Summary): boolean {
  return isAboutEvents(summary) || isAboutConfiguration(summary) || tellsNothing(summary);
}

/** Whether variants are compared and none of them has an interval: few blocks, or no whole one. */
export function tellsNothing({ comparisons }: Summary): boolean {
  return comparisons.length > 0 && comparisons.every(({ difference }) => difference === null);
}

function headlines({ comparisons }: Summary): Summary['comparisons'] {
  return comparisons.filter(({ metric }) => metric === 'responseNs.p50');
}

function isUngated(summary: Summary): boolean {
  return hasFigures(summary) && !isAboutEvents(summary) && summary.thresholds.length === 0;
}
