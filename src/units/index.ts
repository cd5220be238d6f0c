export { type Bytes, bytes, formatBytes, parseBytes, printBytes } from './bytes.ts';
export { BenchError, type BenchErrorKind, EXIT_CODE, type ExitKind } from './error.ts';
export {
  formatDuration,
  fromMillis,
  fromSeconds,
  type Nanos,
  nanos,
  parseDuration,
  printDuration,
  threeDigits,
  toMillis,
  toSeconds,
} from './nanos.ts';
export { type Parsed, parsed, refused } from './parsed.ts';
export { createRandom, type Random } from './random.ts';
export { formatRate, parseRate, perSecond, printRate, type Rate } from './rate.ts';
