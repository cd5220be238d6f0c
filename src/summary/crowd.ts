import { nearestRank } from '../metrics/index.ts';
import type { Trial } from '../record/index.ts';
import { median } from '../stats/index.ts';
import type { Reading } from './reading.ts';

type Crowd = NonNullable<NonNullable<Trial['controlPlane']>['crowd']>;

/** Light clients of a control plane: medians over trials; times in ns. */
export interface CrowdSummary {
  readonly members: number;
  /** From the first question until the last member had everything. */
  readonly wholeNs: number;
  /** From a member's first question until it had everything; `max` the largest of all trials. */
  readonly memberNs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Streams that the control plane refused, or that were lost. */
  readonly lost: number;
  /** Encoded configuration that each received in the whole trial. */
  readonly bytes: number;
}

/** Undefined where there were none. */
export function crowdOver(readings: readonly Reading[]): CrowdSummary | undefined {
  const all = readings.flatMap(({ trial }) => trial.controlPlane?.crowd ?? []);
  const over = (of: (crowd: Crowd) => number): number => median(all.map(of)) ?? 0;
  if (all.length === 0) return undefined;
  const quantile = (fraction: number): number =>
    over(({ memberNs }) => memberNs.toSorted((a, b) => a - b)[nearestRank(fraction, memberNs.length) - 1] ?? 0);
  return {
    members: over(({ memberNs }) => memberNs.length),
    wholeNs: over(({ wholeNs }) => wholeNs),
    memberNs: {
      p50: quantile(0.5),
      p99: quantile(0.99),
      max: all.flatMap(({ memberNs }) => memberNs).reduce((most, ns) => Math.max(most, ns), 0),
    },
    lost: over(({ lost }) => lost),
    bytes: over(({ bytes, memberNs }) => bytes / Math.max(1, memberNs.length)),
  };
}
