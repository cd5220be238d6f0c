import type { FirstRequests, Summary } from '../../summary/index.ts';
import { count, signed, time } from '../figures.ts';
import { type Cell, numbers, type Table, value, words } from '../table.ts';
import { variantCell } from '../variants.ts';
import { visible } from '../visible.ts';

/** What the first request through a sidecar took; undefined where no control plane configured any. */
export function firstRequestsTable(summary: Summary): Table | undefined {
  const rows = summary.variants.flatMap((variant) =>
    (variant.firstRequests ?? []).map((first) => [variantCell(variant), ...cells(first)]),
  );
  if (rows.length === 0) return undefined;
  return {
    caption:
      'First requests to the called service through a sidecar that was just started, or was just told of it, from sending to answer: the first that succeeded for each sidecar of each trial, so that few make a median. The first of a trial also pays for what is cold in load, application and Envoy, whatever the variant: only what one variant adds to another is its own.',
    columns: [
      words('Variant'),
      words('First since'),
      numbers('First requests', { short: 'First' }),
      numbers('p50'),
      numbers('max'),
      numbers('Later p50'),
      numbers('Later p99', { extra: true }),
      numbers('Penalty'),
    ],
    rows,
  };
}

function cells({ since, count: all, failedBefore, ...times }: FirstRequests): readonly Cell[] {
  const none = 'none of those that were looked at succeeded';
  return [
    { text: since === 'start' ? 'the start' : visible(since, 40) },
    { text: count(all), ...(failedBefore > 0 ? { detail: `after ${count(failedBefore)} that failed` } : {}) },
    value(times.p50, time, none),
    value(times.max, time, none),
    value(times.laterP50, time, 'no request succeeded'),
    value(times.laterP99, time, 'no request succeeded'),
    value(times.penaltyNs, (ns) => signed(ns, 'ns'), none),
  ];
}
