import type { Clock } from '../metrics/index.ts';

/** Takes the processor for `length` ns by the clock, as work would: exact in µs, which no timer and no fault filter is. */
export function spin(clock: Clock, length: number): void {
  const end = clock() + length;
  while (clock() < end);
}
