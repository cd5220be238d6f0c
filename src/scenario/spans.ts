import { formatDuration, type Nanos, nanos } from '../units/index.ts';
import type { Path } from './finding.ts';
import type { Breach } from './rule.ts';

/** Something that is so from an instant of the measurement on, for a while. */
export interface Span {
  readonly at: Nanos;
  readonly for: Nanos;
}

/** Spans that end after the measurement, and those that overlap an earlier one that `concerns` them. */
export function spanProblems(
  spans: readonly Span[],
  duration: Nanos,
  path: Path,
  concerns: (one: number, other: number) => boolean,
): readonly Breach[] {
  return spans.flatMap((span, index): Breach[] => {
    const at = [[...path, index]];
    const end = nanos(span.at + span.for);
    if (end > duration) {
      const times = `${formatDuration(end)} after the start of the measurement, which takes ${formatDuration(duration)}`;
      return [{ at, message: `ends ${times}` }];
    }
    const earlier = spans.find((other, place) => place < index && overlap(other, span) && concerns(place, index));
    if (earlier === undefined) return [];
    return [{ at, message: `overlaps the one that begins at ${formatDuration(earlier.at)}` }];
  });
}

function overlap(one: Span, other: Span): boolean {
  return one.at < other.at + other.for && other.at < one.at + one.for;
}
