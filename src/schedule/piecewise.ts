import type { Due } from './schedule.ts';

/** A span over which the rate changes evenly, or not at all. */
export interface Piece {
  readonly lengthNs: number;
  /** Requests per second at its start and at its end. */
  readonly from: number;
  readonly to: number;
}

interface Placed extends Piece {
  readonly start: number;
  /** Arrivals that are due before it and until its end, as the integral of the rate: no whole numbers. */
  readonly before: number;
  readonly until: number;
}

/** Arrival k is due where the integral of the rate reaches k. */
export function piecewise(pieces: readonly Piece[]): Due {
  const placed = place(pieces);
  return (index) => {
    const piece = placed.find(({ until }) => index < until);
    return piece === undefined ? Number.POSITIVE_INFINITY : piece.start + within(piece, index - piece.before);
  };
}

function place(pieces: readonly Piece[]): readonly Placed[] {
  let [start, before] = [0, 0];
  return pieces.map((piece) => {
    const until = before + (piece.lengthNs / 1e9) * ((piece.from + piece.to) / 2);
    const placed = { ...piece, start, before, until };
    start += piece.lengthNs;
    before = until;
    return placed;
  });
}

/**
 * When `count` arrivals of a piece have come, ns from its start: the root of from·t + slope·t²/2 = count, in the form
 * that holds for both signs of the slope and for none.
 */
function within({ lengthNs, from, to }: Placed, count: number): number {
  if (count <= 0) return 0;
  const slope = ((to - from) / lengthNs) * 1e9;
  const seconds = (2 * count) / (from + Math.sqrt(Math.max(0, from * from + 2 * slope * count)));
  return Math.min(seconds * 1e9, lengthNs);
}
