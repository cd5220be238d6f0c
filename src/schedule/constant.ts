import type { Rate } from '../units/index.ts';
import type { Due } from './schedule.ts';

/** Equal gaps. One multiplication and one division: nothing accumulates. */
export function constant(rate: Rate): Due {
  return (index) => (index * 1e9) / rate;
}
