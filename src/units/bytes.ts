import { threeDigits } from './nanos.ts';
import { type Parsed, parsed, refused, splitQuantity } from './parsed.ts';

/** A size in bytes. */
export type Bytes = number & { readonly __unit: 'B' };

/** Marks a number as bytes. */
export function bytes(value: number): Bytes {
  return value as Bytes;
}

const BYTES_PER: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** Reads `1kB` (1,000), `64KiB` (65,536). A bare number is refused, except 0. */
export function parseBytes(text: string): Parsed<Bytes> {
  const quantity = splitQuantity(text);
  if (quantity === undefined) return refused(`"${text}" is not a size; write it like 512B, 1kB or 64KiB`);
  if (quantity.unit === '' && quantity.amount === 0) return parsed(bytes(0));
  const scale = BYTES_PER[quantity.unit];
  const value = quantity.amount * (scale ?? Number.NaN);
  if (!Number.isSafeInteger(value)) {
    return refused(`"${text}" is not a whole number of bytes; write it like 512B, 1kB or 64KiB`);
  }
  return parsed(bytes(value));
}

/** Prints a size for people: `67.0 MB`, `512 B`. Decimal units, as network and Envoy figures use. */
export function formatBytes(size: Bytes): string {
  if (size >= 999.5e6) return `${threeDigits(size / 1e9)} GB`;
  if (size >= 999.5e3) return `${threeDigits(size / 1e6)} MB`;
  if (size >= 999.5) return `${threeDigits(size / 1e3)} kB`;
  return `${Math.round(size)} B`;
}

/** Prints a size as a scenario would write it, so that parsing the text gives the same value again. */
export function printBytes(size: Bytes): string {
  for (const [unit, scale] of [
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const) {
    if (size !== 0 && size % scale === 0) return `${size / scale}${unit}`;
  }
  return `${size}B`;
}
