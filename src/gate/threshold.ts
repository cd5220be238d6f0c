import { type Interval, signedRankInterval } from '../stats/index.ts';
import type { ThresholdResult } from '../summary/index.ts';

/**
 * Holds the values of a metric, one per trial, against the limit that they must stay below: the threshold is held where
 * the whole interval is below the limit, broken where none of it is, and undecided otherwise or without an interval.
 */
export function holdAgainst(
  values: readonly number[],
  below: number,
): { readonly value: Interval | null; readonly result: ThresholdResult['result'] } {
  const value = signedRankInterval(values);
  if (value === null) return { value, result: 'cannot-tell' };
  if (value.upper < below) return { value, result: 'held' };
  return { value, result: value.lower >= below ? 'broken' : 'cannot-tell' };
}
