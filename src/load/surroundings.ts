import type { Clock } from '../metrics/index.ts';
import type { Dial } from '../wire/index.ts';

/** What the engine touches of the world; tests pass a simulation. */
export interface Surroundings {
  readonly clock: Clock;
  readonly dial: Dial;
  /** Calls back as soon as sockets were polled: one turn of the loop. */
  readonly soon: (turn: () => void) => void;
  /**
   * Calls back in time for what is due in `spare` ns, and sooner where an answer comes; returns how long it may sleep, ns.
   * Without it the loop spins.
   */
  readonly rest?: (turn: () => void, spare: number) => number;
  /** Calls back after some milliseconds, for what is not urgent. */
  readonly later: (ms: number, action: () => void) => void;
}
