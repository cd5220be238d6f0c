import { bytes, formatBytes, formatDuration, formatRate, nanos, perSecond, threeDigits } from '../units/index.ts';

/** The unit of a metric, as summary.json names it. */
export type Unit = 'ns' | 'ms' | 'B' | '1/s';

const PRINT: Readonly<Record<Unit, (value: number) => string>> = {
  ns: (value) => formatDuration(nanos(value)),
  ms: (value) => formatDuration(nanos(value * 1e6)),
  B: (value) => formatBytes(bytes(value)),
  '1/s': (value) => formatRate(perSecond(value)),
};

/** A value with its unit: `154 µs`, `67.0 MB`. */
export function figure(value: number, unit: Unit): string {
  return value < 0 ? `−${PRINT[unit](-value)}` : PRINT[unit](value);
}

/** A time in ns. */
export function time(ns: number): string {
  return figure(ns, 'ns');
}

/** A time in ms. */
export function millis(ms: number): string {
  return figure(ms, 'ms');
}

/** A time in seconds. */
export function seconds(value: number): string {
  return figure(value * 1e9, 'ns');
}

/** A size in bytes. */
export function size(value: number): string {
  return figure(value, 'B');
}

/** A rate per second. */
export function rate(value: number): string {
  return figure(value, '1/s');
}

/** A difference with its sign and unit: `+92.1 µs`. */
export function signed(value: number, unit: Unit): string {
  return value > 0 ? `+${figure(value, unit)}` : figure(value, unit);
}

/** A ratio: `×2.48`. */
export function ratio(value: number): string {
  return `×${threeDigits(value)}`;
}

/** A fraction in per cent: 0.021 is `2.10 %`. */
export function percent(fraction: number): string {
  return `${threeDigits(100 * fraction)} %`;
}

/** A count with thousands marked: `120,000`. */
export function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

/** A number without a unit, three significant digits or all of an integer. */
export function plain(value: number): string {
  if (Number.isInteger(value)) return count(value);
  return value < 0 ? `−${threeDigits(-value)}` : threeDigits(value);
}

/** An ISO instant as people read it, in UTC: `2026-11-22 14:03 UTC`. What is no instant stays as it is. */
export function instant(iso: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?Z$/u.exec(iso);
  return match === null ? iso : `${match[1]} ${match[2]} UTC`;
}

/** A number of either sign with three significant digits. */
export function threeOf(value: number): string {
  return value < 0 ? `−${threeDigits(-value)}` : threeDigits(value);
}
