import type { Draft } from './draft.ts';
import type { Finding } from './finding.ts';
import type { Patch, Threshold } from './scenario.ts';
import { closest } from './suggest.ts';
import { parseLimit, THRESHOLD_METRICS } from './thresholds.ts';

/** Thresholds name variants and metrics that exist, with values in the metric's unit. */
export function checkThresholds(draft: Draft): readonly Finding[] {
  const names = draft.variants?.map((variant) => variant.name);
  return draft.thresholds.flatMap((threshold, index) =>
    threshold === undefined
      ? []
      : [
          ...checkMetric(threshold, index),
          ...checkVariant(threshold, index, names),
          ...checkLoop(threshold, index, draft),
        ],
  );
}

/** A verdict about latency needs requests that are due whatever the system does. */
function checkLoop({ metric, variant }: Threshold, index: number, draft: Draft): readonly Finding[] {
  if (THRESHOLD_METRICS.get(metric) !== 'ns') return [];
  const named = (draft.variants ?? []).filter(({ name }) => variant === undefined || name === variant);
  const closed = named.find(({ patch }) => loopsOf(patch, draft).includes('closed'));
  if (closed === undefined) return [];
  const message =
    `asks for a verdict about a latency of ${closed.name}, whose load.loop is closed: a closed loop asks a slow system ` +
    'less, so its latencies leave out what users would wait; use loop: open';
  return [{ path: ['thresholds', index, 'metric'], at: 'value', message }];
}

/** The loops that a variant is measured with, over all points of the matrix. */
function loopsOf({ load }: Patch, { axes, base }: Draft): readonly (string | undefined)[] {
  const axis = axes.find(({ path }) => path === 'load.loop');
  if (axis !== undefined) return axis.points.map((point) => point?.patch.load?.loop);
  return [load?.loop ?? base.patch.load?.loop];
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
