import type { Nanos, Rate } from '../units/index.ts';

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
