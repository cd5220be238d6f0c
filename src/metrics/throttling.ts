import { readFileSync } from 'node:fs';

/** How a limit on processor time was felt: totals of a control group, or their difference over a window. */
export interface Throttling {
  /** Periods of the limit in which its processes ran at all. */
  readonly periods: number;
  /** Those of them in which the limit was used up. */
  readonly throttledPeriods: number;
  /** Time in which they were held back, summed over processors. */
  readonly throttledNs: number;
}

/** Reads a group's cpu.stat; undefined where the group is gone or has no limit. */
export function readThrottling(file: string): Throttling | undefined {
  try {
    return parseCpuStat(readFileSync(file, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Parses cpu.stat of cgroups of either version: version 1 counts in ns, version 2 in µs. */
export function parseCpuStat(text: string): Throttling | undefined {
  const fields = new Map([...text.matchAll(/^(\w+) (\d+)$/gmu)].map(([, name = '', value]) => [name, Number(value)]));
  const periods = fields.get('nr_periods');
  const throttledPeriods = fields.get('nr_throttled');
  const throttledNs = fields.get('throttled_time') ?? (fields.get('throttled_usec') ?? Number.NaN) * 1000;
  if (periods === undefined || throttledPeriods === undefined || Number.isNaN(throttledNs)) return undefined;
  return { periods, throttledPeriods, throttledNs };
}

/** What came between two totals; undefined where either is missing. */
export function throttlingBetween(
  before: Throttling | undefined,
  after: Throttling | undefined,
): Throttling | undefined {
  if (before === undefined || after === undefined) return undefined;
  return {
    periods: after.periods - before.periods,
    throttledPeriods: after.throttledPeriods - before.throttledPeriods,
    throttledNs: after.throttledNs - before.throttledNs,
  };
}
