import { ThriftError } from './names.ts';

/** Reads variable-length numbers; `at` is behind the last one that was whole. */
export class VarintReader {
  at = 0;

  /** The unsigned number at `at`, or −1 where it does not end before `end`; then `at` stays. */
  read(bytes: Buffer, end: number): number {
    let value = 0;
    let scale = 1;
    for (let at = this.at; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        this.at = at + 1;
        return value;
      }
      scale *= 128;
      if (at - this.at >= 9) throw new ThriftError('a variable-length number of more than ten bytes');
    }
    return -1;
  }
}

/** A number from 0 below 2^32 in as few bytes as it takes. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  while (left >= 0x80) {
    bytes.push((left % 128) | 0x80);
    left = Math.floor(left / 128);
  }
  return [...bytes, left];
}
