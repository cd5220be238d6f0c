import type { Clock } from '../metrics/index.ts';
import type { Dial } from '../wire/index.ts';

/** What the engine touches of the world; tests pass a simulation. */
export interface Surroundings {
  readonly clock: Clock;
  readonly dial: Dial;
  /** Calls back as soon as sockets were polled: one turn of the loop. */
  readonly soon: (turn: () => void) => void;
  /** Calls back after some milliseconds, for what is not urgent. */
  readonly later: (ms: number, action: () => void) => void;
}
