import { median } from '../stats/index.ts';
import type { Reading } from './reading.ts';
import type { VariantSummary } from './summary.ts';

/** Requests that must lie beyond a point, or it says more about chance than about the system. */
const BEYOND = 10;

/** Even steps on the axis 1/(1−p), which is how a tail is read. */
const FRACTIONS = [
  0, 0.25, 0.5, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.98, 0.985, 0.99, 0.995, 0.9975, 0.999, 0.9995, 0.99975,
  0.9999, 0.99995, 0.99999, 0.999995, 0.999999,
];

/** Response time over the fraction of requests, medians over trials, as far as every trial has requests for it. */
export function spectrumOver(readings: readonly Reading[]): VariantSummary['spectrum'] {
  const responses = readings.map(({ latencies }) => latencies.response);
  const fewest = responses.reduce((least, { count }) => Math.min(least, count), Number.POSITIVE_INFINITY);
  return FRACTIONS.filter((fraction) => fewest * (1 - fraction) >= BEYOND - 1e-6).flatMap((fraction) => {
    const ns = median(
      responses.flatMap((response) => (fraction === 0 ? response.min : response.quantile(fraction)) ?? []),
    );
    return ns === null ? [] : [{ fraction, ns }];
  });
}
