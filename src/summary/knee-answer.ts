import { formatRate, perSecond, threeDigits } from '../units/index.ts';
import { counted } from './figure.ts';
import type { Estimate, KneeRatio, KneeSummary, Summary } from './summary.ts';

/** More are not told one by one. */
const MOST_TOLD = 6;

/** The knee of every variant with its interval, and how they differ; undefined where none was looked for. */
export function kneeAnswer({ knees, kneeRatios = [], mode }: Summary): string | undefined {
  if (knees === undefined) return undefined;
  const [first] = knees;
  if (first === undefined || knees.every(({ points }) => points.length === 0))
    return 'No trial was sound: there is no answer.';
  const told = knees.slice(0, MOST_TOLD).map(claim);
  const rest = knees.length - told.length;
  const more = rest > 0 ? `, and ${rest} more in the table` : '';
  const proof = mode === 'quick' ? ' A quick run proves nothing: a knee needs more trials than these.' : '';
  return `${first.slo} holds with ${told.join('; with ')}${more}.${kneeRatios.slice(0, MOST_TOLD).map(difference).join('')}${proof}`;
}

function claim({ variant, rate, place, points, range }: KneeSummary): string {
  const trials = counted(points.length, 'trial');
  if (rate === null) return `${variant}: nothing is known, no trial was sound`;
  if (place === 'above')
    return `${variant} up to ${figure(rate.lower)} at least: the search ended at ${figure(range.to)} (${trials})`;
  if (place === 'below') return `${variant} up to ${figure(rate.upper)} at most, if at all (${trials})`;
  return `${variant} up to ${figure(rate.estimate)} (${span(rate)}, 95 % interval, ${trials})`;
}

function difference({ baseline, candidate, ratio }: KneeRatio): string {
  const [estimate, lower, upper] = [ratio.estimate, ratio.lower, ratio.upper].map((times) => `×${threeDigits(times)}`);
  return ` The knee of ${candidate} is ${estimate} (${lower} … ${upper}) that of ${baseline}.`;
}

function figure(rate: number): string {
  return formatRate(perSecond(Number(rate.toPrecision(3))));
}

function span({ lower, upper }: Estimate): string {
  return `${figure(lower)} … ${figure(upper)}`;
}
