import { InvalidArgumentError } from 'commander';
import { isHost } from '../mesh/index.ts';
import { parseShare } from '../scenario/index.ts';
import {
  type Bytes,
  type Nanos,
  type Parsed,
  parseBytes,
  parseDuration,
  parseRate,
  type Rate,
} from '../units/index.ts';

/** A duration with its unit. */
export function durationOption(text: string): Nanos {
  return unwrap(parseDuration(text));
}

/** A rate with its unit. */
export function rateOption(text: string): Rate {
  return unwrap(parseRate(text));
}

/** A size with its unit. */
export function sizeOption(text: string): Bytes {
  return unwrap(parseBytes(text));
}

/** A whole number from 1. */
export function countOption(text: string): number {
  if (/^[1-9]\d{0,8}$/u.test(text)) return Number(text);
  throw new InvalidArgumentError(`"${text}" is not a whole number from 1`);
}

/** A whole number from 0. */
export function wholeOption(text: string): number {
  return text === '0' ? 0 : countOption(text);
}

/** A seed: a whole number below 2^31. */
export function seedOption(text: string): number {
  const value = Number(text);
  if (/^\d{1,10}$/u.test(text) && value < 2 ** 31) return value;
  throw new InvalidArgumentError(`"${text}" is not a whole number below 2147483648`);
}

/** A host as a request names it. */
export function hostOption(text: string): string {
  if (isHost(text)) return text;
  throw new InvalidArgumentError(`${JSON.stringify(text)} is no host of a request`);
}

/** A share in per cent, as a fraction. */
export function shareOption(text: string): number {
  const share = parseShare(text);
  if (!Number.isNaN(share)) return share;
  throw new InvalidArgumentError(
    `${JSON.stringify(text.slice(0, 40))} is not a share between 0% and 100%; write it like 5%`,
  );
}

/** Names, separated by commas. */
export function listOption(text: string): readonly string[] {
  return text.split(',').map((part) => part.trim());
}

function unwrap<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw new InvalidArgumentError(parsed.problem);
}
