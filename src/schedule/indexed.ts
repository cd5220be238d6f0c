import type { Due, ScheduleCursor, ScheduleSpec } from './schedule.ts';

/** Walks a slice of arrivals of which each tells by its index when it is due. */
export class IndexedCursor implements ScheduleCursor {
  #index: number;
  readonly #step: number;
  readonly #due: Due;
  readonly #horizon: number;

  constructor(due: Due, { horizon, slice }: ScheduleSpec) {
    this.#index = slice.index;
    this.#step = slice.of;
    this.#due = due;
    this.#horizon = horizon;
  }

  next(): number {
    const instant = this.#due(this.#index);
    if (instant >= this.#horizon) return Number.POSITIVE_INFINITY;
    this.#index += this.#step;
    return instant;
  }
}

/** How many arrivals of the slice are due in [from, until). */
export function countIndexed(due: Due, slice: ScheduleSpec['slice'], from: number, until: number): number {
  const before = (instant: number): number => Math.max(0, Math.ceil((firstAt(due, instant) - slice.index) / slice.of));
  return Math.max(0, before(until) - before(from));
}

/** The index of the first arrival that is not before the instant, by bisection. */
export function firstAt(due: Due, instant: number): number {
  let above = 1;
  while (due(above - 1) < instant) above *= 2;
  let below = Math.floor(above / 2);
  // All before `below` are due earlier, and the one before `above` is not.
  while (below < above - 1) {
    const middle = Math.floor((below + above - 1) / 2);
    if (due(middle) < instant) below = middle + 1;
    else above = middle + 1;
  }
  return below;
}
