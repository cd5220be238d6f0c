import type { Delay } from '../scenario/index.ts';
import type { Random } from '../units/index.ts';

/** A span in which no answer leaves, on the monotonic clock. */
export interface StallSpan {
  readonly from: number;
  readonly until: number;
}

/** One draw of the delay, ns. */
export function drawDelay(delay: Delay, random: Random): number {
  switch (delay.kind) {
    case 'constant':
      return delay.value;
    case 'exponential':
      return -Math.log(1 - random()) * delay.mean;
    case 'uniform':
      return delay.from + random() * (delay.to - delay.from);
  }
}

/** When a request that came `now` is answered: after its delay, and not within a stall. */
export function answerDue(now: number, delay: Delay, stalls: readonly StallSpan[], random: Random): number {
  let due = now + drawDelay(delay, random);
  for (const stall of stalls) if (due >= stall.from && due < stall.until) due = stall.until;
  return due;
}
