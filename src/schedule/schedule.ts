import type { Nanos, Rate } from '../units/index.ts';

/** What all schedules have. */
interface Common {
  /** The mean, where the kind says nothing else. */
  readonly rate: Rate;
  /** Requests are due from 0 (inclusive) to the horizon (exclusive). */
  readonly horizon: Nanos;
  readonly seed: number;
  /** This agent's share: the arrivals whose index is `index` modulo `of`. */
  readonly slice: { readonly index: number; readonly of: number };
}

/**
 * How arrivals are spread from the start of the measurement on.
 * - `ramp`: from one rate to another, evenly over `span`
 * - `steps`: one rate after the other, each for an equal part of `span`
 * - `bursts`: all that are due in `every` at its start
 * - `onOff`: all that are due in a cycle evenly over its `on`, none over its `off`
 * - `replay`: at these instants, in ns
 */
export type Shape =
  | { readonly kind: 'ramp'; readonly from: Rate; readonly to: Rate; readonly span: Nanos }
  | { readonly kind: 'steps'; readonly rates: readonly Rate[]; readonly span: Nanos }
  | { readonly kind: 'bursts'; readonly every: Nanos }
  | { readonly kind: 'onOff'; readonly on: Nanos; readonly off: Nanos }
  | { readonly kind: 'replay'; readonly instants: readonly number[] };

/** Equal gaps, or random ones (exponential), over the whole schedule. */
interface Even {
  readonly kind: 'constant' | 'poisson';
}

/** A shape, and when it begins: before, requests are due evenly, at the rate. */
type Shaped = Shape & { readonly start: Nanos };

/** When requests are due. Pure: the same spec gives the same instants on every machine. */
export type ScheduleSpec = Common & (Even | Shaped);

/** When the arrival with an index is due, ns from the start; never before the one before it, Infinity where there is none. */
export type Due = (index: number) => number;

/** Walks one slice of a schedule. Called once per request on the hot path. */
export interface ScheduleCursor {
  /** The next due instant in ns from the start of the schedule, never earlier than the one before; Infinity at the end. */
  next(): number;
}
