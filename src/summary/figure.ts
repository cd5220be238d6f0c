import { bytes, formatBytes, formatDuration, formatRate, nanos, perSecond, threeDigits } from '../units/index.ts';

/** What a metric is measured in. */
export type Unit = 'ns' | 'ms' | 'B' | '1/s' | 'share';

const PRINT: Readonly<Record<Unit, (size: number) => string>> = {
  ns: (size) => formatDuration(nanos(size)),
  ms: (size) => formatDuration(nanos(size * 1e6)),
  B: (size) => formatBytes(bytes(size)),
  '1/s': (size) => formatRate(perSecond(size)),
  share: percent,
};

/** A value with its unit, for a sentence: `154 µs`, `−2.10 MB`. */
export function figure(value: number, unit: Unit): string {
  const text = PRINT[unit](Math.abs(value));
  return value < 0 ? `−${text}` : text;
}

/** Two ends of an interval with their units: `85.1 µs … 101 µs`. */
export function span({ lower, upper }: { readonly lower: number; readonly upper: number }, unit: Unit): string {
  return `${figure(lower, unit)} … ${figure(upper, unit)}`;
}

/** A fraction in per cent with three significant digits: 0.969 is `96.9 %`. */
export function percent(fraction: number): string {
  return `${threeDigits(100 * fraction)} %`;
}

/** A count with its noun: `1 block`, `12,000 blocks`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? noun : `${noun}s`}`;
}

/** Names in a sentence: `a`, `a and b`, `a, b and 3 more`. */
export function listed(names: readonly string[]): string {
  const MOST = 3;
  if (names.length <= 1) return names.join('');
  if (names.length <= MOST) return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `${names.slice(0, MOST - 1).join(', ')} and ${names.length - MOST + 1} more`;
}
