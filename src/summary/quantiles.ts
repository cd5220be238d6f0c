import type { Latency } from '../load/index.ts';
import { median } from '../stats/index.ts';
import { counted } from './figure.ts';
import type { Reading } from './reading.ts';
import type { LagQuantiles, Quantiles, Reasons } from './summary.ts';

/** Requests that a trial needs for its p99.9: ten of them lie beyond it. */
export const P999_REQUESTS = 10_000;

/** Fractions of the quantiles by field name. */
export const FRACTIONS = { p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999 } as const;

type Field = keyof typeof FRACTIONS | 'max';

const NEVER: Readonly<Record<Latency, string>> = {
  response: 'no request succeeded',
  service: 'no request succeeded',
  queueWait: 'no request was sent',
  releaseLag: 'no request was released',
};

/** A quantile of one trial, ns; null where it cannot be had, see {@link whyMissing}. */
export function quantileOf({ latencies }: Reading, latency: Latency, field: Field): number | null {
  const distribution = latencies[latency];
  if (field === 'max') return distribution.max;
  if (field === 'p999' && distribution.count < P999_REQUESTS) return null;
  return distribution.quantile(FRACTIONS[field]);
}

/** Quantiles of a latency over trials: medians, and the largest `max`. */
export function quantilesOver(readings: readonly Reading[], latency: Latency): Quantiles {
  const { values, reasons } = over(readings, latency, ['p50', 'p90', 'p99', 'p999', 'max']);
  const { p50 = null, p90 = null, p99 = null, p999 = null, max = null } = values;
  return { p50, p90, p99, p999, max, reasons };
}

/** The same of the release lag, which has no maximum: `loopGaps` has it. */
export function lagQuantilesOver(readings: readonly Reading[]): LagQuantiles {
  const { values, reasons } = over(readings, 'releaseLag', ['p50', 'p99', 'p999']);
  const { p50 = null, p99 = null, p999 = null } = values;
  return { p50, p99, p999, reasons };
}

function over(readings: readonly Reading[], latency: Latency, fields: readonly Field[]) {
  const values: Partial<Record<Field, number | null>> = {};
  const reasons: Record<string, string> = {};
  for (const field of fields) {
    const all = readings.map((reading) => quantileOf(reading, latency, field));
    const had = all.filter((value) => value !== null);
    if (had.length < all.length || all.length === 0) {
      values[field] = null;
      reasons[field] = whyMissing(readings, latency, field);
    } else {
      values[field] = field === 'max' ? had.reduce((most, value) => Math.max(most, value)) : median(had);
    }
  }
  return { values, reasons: reasons as Reasons };
}

/** Why a quantile is missing in one trial or more: then it is missing for the variant, since that is no accident. */
function whyMissing(readings: readonly Reading[], latency: Latency, field: Field): string {
  if (readings.length === 0) return NO_BLOCK;
  const counts = readings.map(({ latencies }) => latencies[latency].count);
  const empty = counts.filter((count) => count === 0).length;
  if (empty > 0) return `${NEVER[latency]} in ${empty} of ${counted(readings.length, 'trial')}`;
  const fewest = counts.reduce((least, count) => Math.min(least, count));
  return `${field === 'p999' ? 'p99.9' : field} needs ${P999_REQUESTS.toLocaleString('en-US')} requests in every trial, one had ${fewest.toLocaleString('en-US')}`;
}

/** The reason where nothing at all was measured. */
export const NO_BLOCK = 'no whole block was measured';
