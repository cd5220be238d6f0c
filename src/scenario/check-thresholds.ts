import type { Draft } from './draft.ts';
import type { Finding } from './finding.ts';
import type { Threshold } from './scenario.ts';
import { closest } from './suggest.ts';
import { parseLimit, THRESHOLD_METRICS } from './thresholds.ts';

/** Thresholds name variants and metrics that exist, with values in the metric's unit. */
export function checkThresholds({ thresholds, variants }: Draft): readonly Finding[] {
  const names = variants?.map((variant) => variant.name);
  return thresholds.flatMap((threshold, index) =>
    threshold === undefined ? [] : [...checkMetric(threshold, index), ...checkVariant(threshold, index, names)],
  );
}

function checkMetric({ metric, below }: Threshold, index: number): readonly Finding[] {
  if (!THRESHOLD_METRICS.has(metric)) {
    const suggestion = closest(metric, THRESHOLD_METRICS.keys());
    const known = suggestion === undefined ? `; known are ${[...THRESHOLD_METRICS.keys()].join(', ')}` : '';
    const message = `names "${metric}", which is not a metric that a threshold can name${known}`;
    return [{ path: ['thresholds', index, 'metric'], at: 'value', message, suggestion }];
  }
  const limit = parseLimit(metric, below);
  return limit.ok ? [] : [{ path: ['thresholds', index, 'below'], at: 'value', message: limit.problem }];
}

function checkVariant({ variant }: Threshold, index: number, names: readonly string[] | undefined): readonly Finding[] {
  if (variant === undefined || names === undefined || names.includes(variant)) return [];
  const message = `names the variant "${variant}", but there is only ${names.join(', ') || 'none'}`;
  return [{ path: ['thresholds', index, 'variant'], at: 'value', message, suggestion: closest(variant, names) }];
}
