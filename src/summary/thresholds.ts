import { holdAgainst } from '../gate/index.ts';
import type { Header } from '../record/index.ts';
import { parseLimit } from '../scenario/index.ts';
import { MIN_VALUES } from '../stats/index.ts';
import type { Readings } from './compare.ts';
import { figure, span, type Unit } from './figure.ts';
import { METRICS } from './metrics.ts';
import type { ThresholdResult } from './summary.ts';

type Threshold = Header['plan']['thresholds'][number];

/** Every threshold for every variant that it names. What cannot be judged is listed as well: it must not look passed. */
export function holdAll({ plan }: Header, readings: Readings): ThresholdResult[] {
  return plan.thresholds.flatMap((threshold) => {
    const named = plan.variants.filter(({ name, base }) => {
      return threshold.variant === undefined || threshold.variant === base || threshold.variant === name;
    });
    if (named.length === 0) return [unjudged(threshold, threshold.variant ?? '', 'there is no such variant')];
    return named.map(({ name }) => hold(threshold, name, readings));
  });
}

function hold(threshold: Threshold, variant: string, readings: Readings): ThresholdResult {
  const { metric: name } = threshold;
  const limit = parseLimit(name, threshold.below);
  const metric = METRICS.get(name);
  if (!limit.ok) return unjudged(threshold, variant, limit.problem);
  if (metric === undefined) return unjudged(threshold, variant, `${name} is not a metric of a trial`);
  const below = { below: limit.value.value, unit: metric.unit };
  const trials = readings.get(variant) ?? [];
  const values = trials.map(metric.of).filter((value) => value !== null);
  if (values.length < trials.length) {
    const missing = trials.length - values.length;
    return unjudged(threshold, variant, `it is missing in ${missing} of ${trials.length} trials`, below);
  }
  const { value, result } = holdAgainst(values, limit.value.value);
  if (value === null) {
    const few = `it needs ${MIN_VALUES} whole blocks, there are ${values.length}`;
    return unjudged(threshold, variant, few, below);
  }
  const { estimate, lower, upper } = value;
  const sentence = `${said(metric.unit, value)} ${RELATION[result]} ${figure(limit.value.value, metric.unit)}`;
  return {
    variant,
    metric: name,
    ...below,
    value: { estimate, lower, upper },
    result,
    reason: `${name} of ${variant}: ${sentence}.`,
  };
}

const RELATION: Readonly<Record<ThresholdResult['result'], string>> = {
  held: 'is below the limit of',
  broken: 'is not below the limit of',
  'cannot-tell': 'reaches over the limit of',
};

function said(
  unit: Unit,
  value: { readonly estimate: number; readonly lower: number; readonly upper: number },
): string {
  return `${figure(value.estimate, unit)} (interval ${span(value, unit)})`;
}

function unjudged(
  { metric, below }: Threshold,
  variant: string,
  why: string,
  limit: { readonly below: number; readonly unit: string } = { below: Number(below), unit: '' },
): ThresholdResult {
  const reason = `${metric} of ${variant} cannot be judged: ${why}.`;
  const number = Number.isFinite(limit.below) ? limit.below : 0;
  return { variant, metric, below: number, unit: limit.unit, value: null, result: 'cannot-tell', reason };
}
