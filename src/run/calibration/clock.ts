import type { Attempt } from '../../gate/index.ts';
import { type Clock, monotonicNow } from '../../metrics/index.ts';

const READINGS = 20_000;
/** A clock that is read through a trap of the hypervisor costs microseconds; the odd reading is interrupted. */
const QUANTILE = 0.99;

/** The coarsest step between two readings of the clock, at its 99th percentile, ns; null where it ever went backwards. */
export function clockStep(clock: Clock = monotonicNow): Attempt {
  const steps = new Float64Array(READINGS);
  let last = clock();
  for (let index = 0; index < READINGS; index += 1) {
    const now = clock();
    if (now < last) return { value: null, cause: 'it went backwards' };
    steps[index] = now - last;
    last = now;
  }
  steps.sort();
  return { value: steps[Math.floor(QUANTILE * READINGS)] ?? null };
}
