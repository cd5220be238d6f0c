import type { Nanos, Rate } from '../units/index.ts';
import type { Due } from './schedule.ts';

/** All that are due in a cycle evenly over its first part, none over its second. */
export function onOff(rate: Rate, on: Nanos, off: Nanos): Due {
  const cycleNs = on + off;
  const size = (rate * cycleNs) / 1e9;
  return (index) => {
    const cycle = Math.floor(index / size);
    const into = Math.max(0, index - cycle * size) / size;
    return cycle * cycleNs + Math.min(1, into) * on;
  };
}
