/** Comparing and reading header bytes where they lie: an answer at full rate must not cost a string. */

const NUL = 0;
const CR = 13;
const SPACE = 32;
const TAB = 9;
const COMMA = 44;

/** 1 for the characters of a token (RFC 9110, section 5.6.2). */
export const TOKEN = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  TOKEN[character.charCodeAt(0)] = 1;
}

/** True for a space or a tab. */
export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

/** Whether the bytes spell a word that is written in lower case, whatever their own case is. */
export function spells(bytes: Buffer, from: number, to: number, word: string): boolean {
  if (to - from !== word.length) return false;
  for (let index = 0; index < word.length; index += 1) {
    const byte = bytes[from + index] ?? 0;
    if ((byte >= 65 && byte <= 90 ? byte | 32 : byte) !== word.charCodeAt(index)) return false;
  }
  return true;
}

/** Whether the bytes are this latin1 text. */
export function equals(bytes: Buffer, from: number, to: number, text: string): boolean {
  if (to - from !== text.length) return false;
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[from + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** Whether a list that commas divide names a word (in lower case). */
export function lists(bytes: Buffer, from: number, to: number, word: string): boolean {
  let start = from;
  for (let at = from; at <= to; at += 1) {
    if (at < to && bytes[at] !== COMMA) continue;
    const first = skipBlanks(bytes, start, at);
    if (spells(bytes, first, trimBlanks(bytes, first, at), word)) return true;
    start = at + 1;
  }
  return false;
}

/** The first byte that is no blank. */
export function skipBlanks(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && isBlank(bytes[at])) at += 1;
  return at;
}

/** Behind the last byte that is no blank. */
export function trimBlanks(bytes: Buffer, from: number, to: number): number {
  let at = to;
  while (at > from && isBlank(bytes[at - 1])) at -= 1;
  return at;
}

/** True where no byte is NUL or CR, which no line may hold (RFC 9110, section 5.5). */
export function isClean(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if (byte === CR || byte === NUL) return false;
  }
  return true;
}

/** A decimal number of 15 digits at most (exact in a double), or NaN. */
export function decimal(bytes: Buffer, from: number, to: number): number {
  if (to === from || to - from > 15) return Number.NaN;
  let value = 0;
  for (let at = from; at < to; at += 1) value = value * 10 + digit(bytes[at]);
  return value;
}

/** The value of one decimal digit, or NaN. */
export function digit(byte: number | undefined): number {
  return byte !== undefined && byte >= 48 && byte <= 57 ? byte - 48 : Number.NaN;
}

/** The value of one hexadecimal digit, or NaN. */
export function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return Number.NaN;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : digit(byte);
}
