import { MIN_VALUES, signedRankInterval } from '../../stats/index.ts';
import type { Summary } from '../../summary/index.ts';
import { plain } from '../figures.ts';
import { LOOK } from './theme.ts';

/**
 * How a run shows that its trials differ: `interval` where every variant has trials enough for one, `range` from the least of
 * them to the most where they are fewer, `none` where a variant has one or none.
 */
export type SpreadKind = 'interval' | 'range' | 'none';

/** The ends of what is drawn around a median. */
export interface Spread {
  readonly from: number;
  readonly to: number;
}

/** How opaque a spread is: what lies behind it is seen. */
export const PALE = 0.25;

/** A band from `from` to `to`, one for each `order`, in the colour of its `look`. */
export const BAND = {
  y: { field: 'from', type: 'quantitative' },
  y2: { field: 'to' },
  color: LOOK.color,
  detail: { field: 'order', type: 'nominal' },
} as const;

/** The same for all charts of a run, so that their marks mean the same. */
export function spreadKind(summary: Summary): SpreadKind {
  const fewest = fewestTrials(summary);
  if (fewest >= MIN_VALUES) return 'interval';
  return fewest > 1 ? 'range' : 'none';
}

/** Undefined where there is none to show. */
export function spreadOf(values: readonly number[], kind: SpreadKind): Spread | undefined {
  if (kind === 'none' || values.length < 2) return undefined;
  if (kind === 'range') return { from: Math.min(...values), to: Math.max(...values) };
  const interval = signedRankInterval(values);
  return interval === null ? undefined : { from: interval.lower, to: interval.upper };
}

/** What the pale parts of a chart are, for its legend. */
export function spreadWords(summary: Summary): string {
  const fewest = fewestTrials(summary);
  const most = summary.variants.reduce((many, { perTrial }) => Math.max(many, perTrial.length), 0);
  const trials = fewest === most ? plain(fewest) : `${plain(fewest)} to ${plain(most)}`;
  switch (spreadKind(summary)) {
    case 'interval':
      return `interval of at least 95 % over ${trials} trials`;
    case 'range':
      return `from the least to the most of ${trials} trials: too few for an interval`;
    case 'none':
      return 'one trial of a variant: neither an interval nor a range';
  }
}

function fewestTrials({ variants }: Summary): number {
  return variants.reduce((few, { perTrial }) => Math.min(few, perTrial.length), Number.POSITIVE_INFINITY);
}
