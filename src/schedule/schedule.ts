import { createRandom, type Nanos, type Random, type Rate } from '../units/index.ts';

/** When requests are due. Pure: the same spec gives the same instants on every machine. */
export interface ScheduleSpec {
  readonly kind: 'constant' | 'poisson';
  readonly rate: Rate;
  /** Requests are due from 0 (inclusive) to the horizon (exclusive). */
  readonly horizon: Nanos;
  readonly seed: number;
  /** This agent's share: the arrivals whose index is `index` modulo `of`. */
  readonly slice: { readonly index: number; readonly of: number };
}

/** Walks one slice of a schedule. Called once per request on the hot path. */
export interface ScheduleCursor {
  /** The next due instant in ns from the start of the schedule, never earlier than the one before; Infinity at the end. */
  next(): number;
}

/** Opens a schedule at its start. A new schedule is a class here and a line in this switch. */
export function openSchedule(spec: ScheduleSpec): ScheduleCursor {
  switch (spec.kind) {
    case 'constant':
      return new ConstantCursor(spec);
    case 'poisson':
      return new PoissonCursor(spec);
  }
}

/**
 * How many requests of the slice are due in [from, until): for `constant` by arithmetic, for `poisson` by walking.
 * Equal to what the cursor yields.
 */
export function countWithin(spec: ScheduleSpec, from: Nanos, until: Nanos): number {
  const end = Math.min(until, spec.horizon);
  if (spec.kind === 'poisson') return countByWalking(spec, from, end);
  const { index, of } = spec.slice;
  const before = (instant: number): number => Math.max(0, Math.ceil((firstAt(spec.rate, instant) - index) / of));
  return Math.max(0, before(end) - before(from));
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

function countByWalking(spec: ScheduleSpec, from: number, until: number): number {
  const cursor = openSchedule(spec);
  let count = 0;
  for (let instant = cursor.next(); instant < until; instant = cursor.next()) {
    if (instant >= from) count += 1;
  }
  return count;
}

class ConstantCursor implements ScheduleCursor {
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

/** Exponential gaps from one seeded source. Every slice draws all of them, so that the slices make up one schedule. */
class PoissonCursor implements ScheduleCursor {
  readonly #random: Random;
  readonly #meanGap: number;
  readonly #horizon: number;
  readonly #step: number;
  #skip: number;
  #instant = 0;

  constructor({ rate, horizon, seed, slice }: ScheduleSpec) {
    this.#random = createRandom(seed);
    this.#meanGap = 1e9 / rate;
    this.#horizon = horizon;
    this.#step = slice.of;
    this.#skip = slice.index + 1;
  }

  next(): number {
    // Inverse transform: −ln(1 − u), and 1 − u is never 0.
    for (; this.#skip > 0; this.#skip -= 1) this.#instant -= Math.log(1 - this.#random()) * this.#meanGap;
    if (this.#instant >= this.#horizon) return Number.POSITIVE_INFINITY;
    this.#skip = this.#step;
    return this.#instant;
  }
}
