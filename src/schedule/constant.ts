import type { Nanos, Rate } from '../units/index.ts';
import type { ScheduleCursor, ScheduleSpec } from './schedule.ts';

/** Equal gaps. */
export class ConstantCursor implements ScheduleCursor {
  #index: number;
  readonly #step: number;
  readonly #rate: Rate;
  readonly #horizon: number;

  constructor({ rate, horizon, slice }: ScheduleSpec) {
    this.#index = slice.index;
    this.#step = slice.of;
    this.#rate = rate;
    this.#horizon = horizon;
  }

  next(): number {
    const instant = due(this.#index, this.#rate);
    if (instant >= this.#horizon) return Number.POSITIVE_INFINITY;
    this.#index += this.#step;
    return instant;
  }
}

/** How many requests of the slice are due in [from, until), by arithmetic. */
export function countConstant({ rate, slice }: ScheduleSpec, from: Nanos, until: Nanos): number {
  const before = (instant: number): number => Math.max(0, Math.ceil((firstAt(rate, instant) - slice.index) / slice.of));
  return Math.max(0, before(until) - before(from));
}

/** Arrival `index` of the constant schedule. One multiplication and one division: nothing accumulates. */
function due(index: number, rate: Rate): number {
  return (index * 1e9) / rate;
}

/** Index of the first arrival that is not before `instant`; corrected, because the inverse rounds differently. */
function firstAt(rate: Rate, instant: number): number {
  let index = Math.max(0, Math.ceil((instant * rate) / 1e9));
  while (index > 0 && due(index - 1, rate) >= instant) index -= 1;
  while (due(index, rate) < instant) index += 1;
  return index;
}
