import type { Nanos, Rate } from '../units/index.ts';
import type { Due } from './schedule.ts';

/** All that are due in `every` at its start. Where that is no whole number, bursts differ by one and the rate still holds. */
export function bursts(rate: Rate, every: Nanos): Due {
  const size = (rate * every) / 1e9;
  return (index) => {
    let burst = Math.floor(index / size);
    // The quotient is rounded; the product decides.
    if (burst * size > index) burst -= 1;
    else if ((burst + 1) * size <= index) burst += 1;
    return burst * every;
  };
}
