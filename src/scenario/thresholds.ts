import { type Parsed, parseBytes, parseDuration } from '../units/index.ts';
import { parseShare } from './fields.ts';

/** What a threshold's value is measured in: ns, ms, a fraction, bytes. */
export type ThresholdUnit = 'ns' | 'ms' | 'share' | 'B';

/** A threshold's value in the unit of its metric. */
export interface Limit {
  readonly value: number;
  readonly unit: ThresholdUnit;
}

const QUANTILES = ['p50', 'p90', 'p99', 'p999', 'max'];
const LATENCIES = ['responseNs', 'serviceNs', 'queueWaitNs'];

/** The metrics that a threshold may name, with their units. */
export const THRESHOLD_METRICS: ReadonlyMap<string, ThresholdUnit> = new Map<string, ThresholdUnit>([
  ...LATENCIES.flatMap((latency) => QUANTILES.map((quantile) => [`${latency}.${quantile}`, 'ns'] as const)),
  ['cpuMsPer1k', 'ms'],
  ['errors', 'share'],
  ['rssBytes', 'B'],
]);

/**
 * Reads what a value of `metric` must stay below: a duration for latencies, milliseconds (a number or a duration) for
 * `cpuMsPer1k`, per cent of the requests for `errors`, a size for `rssBytes`.
 */
export function parseLimit(metric: string, below: string | number): Parsed<Limit> {
  const unit = THRESHOLD_METRICS.get(metric);
  if (unit === undefined) return { ok: false, problem: `"${metric}" is not a metric that a threshold can name` };
  const value = READ[unit](below);
  if (!value.ok) return value;
  if (!(value.value > 0)) return { ok: false, problem: 'must be above 0: nothing stays below it otherwise' };
  return { ok: true, value: { value: value.value, unit } };
}

const READ: Readonly<Record<ThresholdUnit, (below: string | number) => Parsed<number>>> = {
  ns: (below) => withUnit(below, parseDuration, '5ms'),
  ms: (below) => {
    if (typeof below === 'number') return { ok: true, value: below };
    const duration = parseDuration(below);
    return duration.ok ? { ok: true, value: duration.value / 1e6 } : duration;
  },
  share: (below) => withUnit(below, share, '0.1%'),
  B: (below) => withUnit(below, parseBytes, '64MB'),
};

function withUnit(below: string | number, parse: (text: string) => Parsed<number>, example: string): Parsed<number> {
  if (typeof below === 'string') return parse(below);
  return { ok: false, problem: `${below} has no unit; write it like ${example}` };
}

function share(text: string): Parsed<number> {
  const value = parseShare(text);
  if (!Number.isNaN(value)) return { ok: true, value };
  return { ok: false, problem: `"${text}" is not a share of the requests; write it like 0.1%` };
}
