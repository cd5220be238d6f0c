/**
 * How the loop waits for what is due next. `spin` polls without a break, and is on time to a few µs for a whole processor;
 * `hybrid` sleeps until two milliseconds before and spins for the rest; `sleep` sleeps all of it, for nearly no processor,
 * and is late by up to a millisecond, which Node's timers know no better. docs/measurement.md has what each costs.
 */
export const WAITS = ['spin', 'hybrid', 'sleep'] as const;
export type Wait = (typeof WAITS)[number];

const MS = 1e6;
/** A timer of Node fires up to so much after its time; the loop is no worse for it. */
const TIMER_MS = 1;
/** Time-outs are looked for as often, whatever is due. */
const LONGEST_MS = 10;
/** `hybrid` is awake so long before. */
const AWAKE_MS = 1;

/** The way to rest between turns; undefined spins. */
export function restOf(wait: Wait): ((turn: () => void, spare: number) => number) | undefined {
  switch (wait) {
    case 'spin':
      return undefined;
    case 'hybrid':
      return (turn, spare) => {
        const ms = Math.min(Math.floor(spare / MS) - TIMER_MS - AWAKE_MS, LONGEST_MS);
        if (ms >= 1) return sleep(turn, ms);
        setImmediate(turn);
        return 0;
      };
    case 'sleep':
      return (turn, spare) => sleep(turn, Math.max(1, Math.min(Math.ceil(spare / MS), LONGEST_MS)));
  }
}

function sleep(turn: () => void, ms: number): number {
  setTimeout(turn, ms);
  return (ms + TIMER_MS) * MS;
}
