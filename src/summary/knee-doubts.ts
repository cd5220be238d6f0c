import { formatRate, perSecond } from '../units/index.ts';
import { counted } from './figure.ts';
import type { KneeSummary, Summary } from './summary.ts';

/** What is wrong with the knees of a search, one sentence each. */
export function vagueKnees({ summary: { knees = [], mode } }: { readonly summary: Pick<Summary, 'knees' | 'mode'> }) {
  return mode === 'quick' ? [] : knees.flatMap(doubtsAbout);
}

function doubtsAbout({ variant, rate, place, known, points, range }: KneeSummary): readonly string[] {
  if (rate === null) return [`Nothing is known of the knee of ${variant}: no trial of it was sound.`];
  const [from, to] = [range.from, range.to].map((end) => formatRate(perSecond(end)));
  if (place === 'above') return [`The knee of ${variant} may lie above ${to}, the highest rate that could be tried.`];
  if (place === 'below') return [`The knee of ${variant} may lie below ${from}, the lowest rate that was tried.`];
  if (known) return [];
  const trials = counted(points.length, 'trial');
  return [
    `The knee of ${variant} is known less well than it should be: ${trials} were spent first (--trials has more).`,
  ];
}
