import { type Bytes, type Nanos, printBytes, printDuration } from '../units/index.ts';

/** A duration as a scenario would write it. */
export function time(value: Nanos): string | 0 {
  return value === 0 ? 0 : printDuration(value);
}

/** A size as a scenario would write it. */
export function size(value: Bytes): string | 0 {
  return value === 0 ? 0 : printBytes(value);
}
