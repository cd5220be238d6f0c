import { type Parsed, parsed, refused, splitQuantity } from './parsed.ts';

/** A length of time, or an instant on the monotonic clock, in nanoseconds (exact up to 2^53 ns = 104 days). */
export type Nanos = number & { readonly __unit: 'ns' };

/** Marks a number as nanoseconds. The only way in besides {@link parseDuration}. */
export function nanos(value: number): Nanos {
  return value as Nanos;
}

/** Milliseconds to nanoseconds. */
export function fromMillis(ms: number): Nanos {
  return nanos(ms * 1e6);
}

/** Seconds to nanoseconds. */
export function fromSeconds(seconds: number): Nanos {
  return nanos(seconds * 1e9);
}

/** Nanoseconds to milliseconds, as timers want them. */
export function toMillis(value: Nanos): number {
  return value / 1e6;
}

/** Nanoseconds to seconds. */
export function toSeconds(value: Nanos): number {
  return value / 1e9;
}

const NANOS_PER: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
};

/** Reads `250us`, `1.5s`, `2m`. A bare number is refused, except 0, since nobody agrees on its unit. */
export function parseDuration(text: string): Parsed<Nanos> {
  const quantity = splitQuantity(text);
  if (quantity === undefined) return refused(`"${text}" is not a duration; write it like 250us, 5s or 2m`);
  if (quantity.unit === '' && quantity.amount === 0) return parsed(nanos(0));
  const scale = NANOS_PER[quantity.unit];
  if (scale === undefined) {
    const unit = quantity.unit === '' ? 'has no unit' : `has the unknown unit "${quantity.unit}"`;
    return refused(`"${text}" ${unit}; write it like 250us, 5s or 2m`);
  }
  const value = Math.round(quantity.amount * scale);
  if (!Number.isSafeInteger(value)) return refused(`"${text}" is longer than this program can count`);
  return parsed(nanos(value));
}

/** Prints a duration for people with three significant digits: `163 µs`, `1.50 s`, `2 min 5 s`. */
export function formatDuration(value: Nanos): string {
  const sign = value < 0 ? '−' : '';
  const size = Math.abs(value);
  if (size >= 59.95e9) return sign + formatMinutes(size);
  if (size >= 999.5e6) return `${sign}${threeDigits(size / 1e9)} s`;
  if (size >= 999.5e3) return `${sign}${threeDigits(size / 1e6)} ms`;
  if (size >= 999.5) return `${sign}${threeDigits(size / 1e3)} µs`;
  return `${sign}${Math.round(size)} ns`;
}

/** Prints a duration as a scenario would write it, so that parsing the text gives the same value again. */
export function printDuration(value: Nanos): string {
  for (const [unit, scale] of [
    ['h', 3600e9],
    ['m', 60e9],
    ['s', 1e9],
    ['ms', 1e6],
    ['us', 1e3],
  ] as const) {
    if (value !== 0 && value % scale === 0) return `${value / scale}${unit}`;
  }
  return `${value}ns`;
}

function formatMinutes(size: number): string {
  const seconds = Math.round(size / 1e9);
  const rest = seconds % 60;
  return rest === 0 ? `${(seconds - rest) / 60} min` : `${(seconds - rest) / 60} min ${rest} s`;
}

/** A positive number below 1000 with three significant digits and no exponent. */
export function threeDigits(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  if (value >= 9.995) return value.toFixed(1);
  return value.toFixed(2);
}
