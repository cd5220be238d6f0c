import type { Trial } from '../../src/record/index.ts';
import { quantiles } from './calm.ts';

/** A stall of a server, to which a request is due every `period`; all in ns. */
interface Stall {
  /** From the first request that is due in it. */
  readonly length: number;
  readonly period: number;
  /** What an answer costs at most that follows another at once. */
  readonly most: number;
}

/**
 * How far apart answers are that waited for the end of a stall, ns, whose requests were read in it. It is what the waits above
 * `quantile` say, against which nothing may be held, and at most `most`.
 */
export function catchUpOf({ load }: Trial, quantile: number, { length, period, most }: Stall): number {
  const [wait = Number.NaN] = quantiles(load.histograms.response, quantile);
  const before = Math.round((1 - quantile) * load.planned);
  return Math.min(Math.max(0, period - (length - wait) / before), most);
}
