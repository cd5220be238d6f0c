import { hexDigit, isClean, skipBlanks } from './bytes.ts';
import { FramingError } from './framing-error.ts';
import type { LineReader } from './lines.ts';

const SEMICOLON = 59;

/** So many hexadecimal digits are exact in a double. */
const MOST_DIGITS = 12;

/**
 * The size that the first line of a chunk names; what stands behind a semicolon is an extension and not looked at
 * (RFC 9112, section 7.1).
 * @throws FramingError where it names none.
 */
export function chunkSize(line: LineReader): number {
  const { bytes, from, to } = line;
  let size = 0;
  let at = from;
  for (let value = hexDigit(bytes[at]); at < to && !Number.isNaN(value); value = hexDigit(bytes[at])) {
    size = size * 16 + value;
    at += 1;
  }
  const digits = at - from;
  const next = skipBlanks(bytes, at, to);
  const ends = next === to || bytes[next] === SEMICOLON;
  if (line.bare || digits === 0 || digits > MOST_DIGITS || !ends || !isClean(bytes, next, to)) {
    throw new FramingError('bad chunk size', line.line);
  }
  return size;
}
