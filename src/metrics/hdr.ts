import { deflateSync, inflateSync } from 'node:zlib';
import { BenchError } from '../units/index.ts';

/** Significant decimal digits of every histogram here: two values closer than 0.1 % may count as one. */
export const DIGITS = 3;
/** Smallest value that is told from 0, ns. */
export const LOWEST = 1;
/** Largest value, ns: one hour. */
export const HIGHEST = 3_600_000_000_000;

/** A power of two of sub-buckets that keeps {@link DIGITS} digits, and half of it: what every bucket but the first uses. */
const HALF_BITS = 10;
const HALF = 2 ** HALF_BITS;

const COMPRESSED_COOKIE = 0x1c849314;
const PLAIN_COOKIE = 0x1c849313;
const COMPRESSED_HEADER_BYTES = 8;
const HEADER_BYTES = 40;
const LAST_INDEX = indexOf(HIGHEST);
const MAX_WORD_BYTES = 9;
const MAX_PLAIN_BYTES = HEADER_BYTES + (LAST_INDEX + 1) * MAX_WORD_BYTES;
/** A text longer than this cannot hold a histogram of these parameters, however badly it was compressed. */
const MAX_TEXT = Math.ceil((MAX_PLAIN_BYTES * 1.01) / 3) * 4;

/** What one histogram holds: places that are not empty, in rising order, and how many values fell into each. */
export interface Counts {
  readonly indexes: readonly number[];
  readonly counts: readonly number[];
}

/** The smallest and the largest value that share a place, as HdrHistogram defines its sub-buckets. */
export function rangeAt(index: number): { readonly lowest: number; readonly highest: number } {
  const bucket = Math.max(Math.floor(index / HALF) - 1, 0);
  const width = 2 ** bucket;
  const lowest = (index - bucket * HALF) * width;
  return { lowest, highest: lowest + width - 1 };
}

function indexOf(value: number): number {
  const bucket = Math.max(Math.floor(Math.log2(value)) - HALF_BITS, 0);
  return bucket * HALF + Math.floor(value / 2 ** bucket);
}

/**
 * Reads HdrHistogram's V2 base64, compressed or not, as {@link https://github.com/HdrHistogram/HdrHistogram} writes it.
 * The text is untrusted: its length, the inflated length and every parameter are checked before anything of their size
 * is allocated, and only the parameters of this program are accepted, since others could not be added exactly.
 * @throws BenchError usage, `histogram`, with what is wrong.
 */
export function readText(text: string): Counts {
  if (text.length > MAX_TEXT) throw damaged(`it is ${text.length} characters long, more than any histogram needs`);
  const bytes = Buffer.from(text, 'base64');
  if (isPlain(bytes)) return readPlain(bytes);
  if (bytes.length < COMPRESSED_HEADER_BYTES || bytes.readInt32BE(0) !== COMPRESSED_COOKIE) {
    throw damaged('it does not begin like a V2 histogram');
  }
  const end = COMPRESSED_HEADER_BYTES + bytes.readUInt32BE(4);
  if (end > bytes.length) throw damaged('it is cut short');
  return readPlain(inflate(bytes.subarray(COMPRESSED_HEADER_BYTES, end)));
}

function isPlain(bytes: Buffer): boolean {
  return bytes.length >= HEADER_BYTES && bytes.readInt32BE(0) === PLAIN_COOKIE;
}

/** The same histogram as V2 compressed base64; a text that is that already stays as it is. */
export function compressText(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  return isPlain(bytes) ? compress(bytes) : text;
}

/**
 * The V2 compressed base64 of a histogram that is given before compression. hdr-histogram-js writes the same by a deflate
 * in JavaScript, which takes two to ten times as long.
 */
export function compress(plain: Uint8Array): string {
  const packed = deflateSync(plain);
  const header = Buffer.alloc(COMPRESSED_HEADER_BYTES);
  header.writeInt32BE(COMPRESSED_COOKIE, 0);
  header.writeInt32BE(packed.length, 4);
  return Buffer.concat([header, packed]).toString('base64');
}

/**
 * The V2 base64 of a histogram, not compressed, while it waits to be said: in memory that the next one uses again. A text that waits
 * for a tenth of a second outlives two collections of a busy agent, and is freed minutes later.
 */
export class PlainText {
  #bytes = Buffer.alloc(0);
  #length = 0;

  /** Takes the place of what was there. */
  set(plain: Uint8Array): void {
    if (plain.length > this.#bytes.length) this.#bytes = Buffer.alloc(2 * plain.length);
    this.#bytes.set(plain);
    this.#length = plain.length;
  }

  toString(): string {
    return this.#bytes.toString('base64', 0, this.#length);
  }
}

function inflate(packed: Buffer): Buffer {
  try {
    return inflateSync(packed, { maxOutputLength: MAX_PLAIN_BYTES });
  } catch (cause) {
    throw damaged('it cannot be inflated to a histogram', cause);
  }
}

/**
 * Reads the same before compression. No more is allocated than the bytes can name.
 * @throws BenchError usage, `histogram`, with what is wrong.
 */
export function readPlain(data: Uint8Array): Counts {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (bytes.length < HEADER_BYTES || bytes.readInt32BE(0) !== PLAIN_COOKIE) {
    throw damaged('it does not hold a V2 histogram');
  }
  const parameters = `${bytes.readInt32BE(12)} digits, ${bytes.readBigInt64BE(16)} … ${bytes.readBigInt64BE(24)} ns`;
  const expected = `${DIGITS} digits, ${LOWEST} … ${HIGHEST} ns`;
  if (parameters !== expected) throw damaged(`it has ${parameters} instead of ${expected}`);
  const payload = bytes.readUInt32BE(4);
  if (payload !== bytes.length - HEADER_BYTES) throw damaged('its length is not what it says');
  return readPayload(bytes.subarray(HEADER_BYTES));
}

function readPayload(payload: Buffer): Counts {
  const indexes: number[] = [];
  const counts: number[] = [];
  let index = 0;
  let total = 0;
  for (let at = 0; at < payload.length; ) {
    const word = readWord(payload, at);
    at = word.next;
    if (word.value < 0) {
      index -= word.value;
      continue;
    }
    if (index > LAST_INDEX) throw damaged('it counts values beyond its range');
    if (word.value > 0) {
      indexes.push(index);
      counts.push(word.value);
      total += word.value;
      if (!Number.isSafeInteger(total)) throw damaged('it counts more values than this program can');
    }
    index += 1;
  }
  return { indexes, counts };
}

/** One ZigZag LEB128-64b9B word: a count, or as a negative number how many places in a row are empty. */
function readWord(payload: Buffer, start: number): { readonly value: number; readonly next: number } {
  let raw = 0;
  for (let length = 0; length < MAX_WORD_BYTES; length += 1) {
    const byte = payload[start + length];
    if (byte === undefined) throw damaged('its last count is cut short');
    const last = length === MAX_WORD_BYTES - 1;
    raw += (last ? byte : byte & 0x7f) * 2 ** (7 * length);
    if (last || byte < 0x80) {
      if (!Number.isSafeInteger(raw)) throw damaged('it counts more values than this program can');
      return { value: raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2, next: start + length + 1 };
    }
  }
  throw damaged('its last count is cut short');
}

function damaged(what: string, cause?: unknown): BenchError {
  return new BenchError('usage', 'histogram', `A histogram cannot be read: ${what}.`, {
    hint: 'The file was damaged or was not written by this program.',
    cause,
  });
}
