import { createRandom, type Random } from '../units/index.ts';
import type { ScheduleCursor, ScheduleSpec } from './schedule.ts';

/** Exponential gaps from one seeded source. Every slice draws all of them, so that the slices make up one schedule. */
export class PoissonCursor implements ScheduleCursor {
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
