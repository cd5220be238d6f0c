import { z } from 'zod';
import {
  type Bytes,
  type Nanos,
  type Parsed,
  parseBytes,
  parseDuration,
  parseRate,
  printBytes,
  printDuration,
  printRate,
  type Rate,
} from '../units/index.ts';

/** Names of scenarios, variants, workloads: what a file name, a host name and a chart label can all carry. */
export const NAME = /^[a-z][a-z0-9-]{0,31}$/u;

/** A name as {@link NAME} allows it. */
export const name = z
  .string()
  .regex(NAME, 'must be lower-case letters, digits and dashes, begin with a letter and have 32 characters at most');

/** A duration written with its unit. */
export function duration(bounds: Bounds<Nanos>) {
  const units = '(ns|us|µs|μs|ms|s|m|min|h)';
  return quantity({ what: 'duration', example: '5s', units, parse: parseDuration, print: printDuration, bounds });
}

/** A rate written with its unit. */
export function rate(bounds: Bounds<Rate>) {
  const units = 'k?/(s|min|m)';
  return quantity({ what: 'rate', example: '2000/s', units, parse: parseRate, print: printRate, bounds });
}

/** A size written with its unit. */
export function size(bounds: Bounds<Bytes>) {
  const units = '(B|[kKMG]B|[KMG]iB)';
  return quantity({ what: 'size', example: '1kB', units, parse: parseBytes, print: printBytes, bounds });
}

/** Reads `5%` as 0.05; NaN where the text is no share between 0 % and `most`. */
export function parseShare(text: string, most = 1): number {
  const match = /^(\d+(?:\.\d+)?)%$/u.exec(text.trim());
  const value = match === null ? Number.NaN : Number(match[1]) / 100;
  return value <= most ? value : Number.NaN;
}

/** Writes 0.05 as `5%`, to the digits that {@link parseShare} reads back. */
export function printShare(share: number): string {
  return `${Number((share * 100).toFixed(10))}%`;
}

/** A share written in per cent, as a fraction of `most` at most. */
export function sharesUpTo(most: number) {
  const limit = printShare(most);
  return z
    .string({ error: 'must be a share in per cent, like 5%' })
    .meta({ examples: ['5%'], $comment: `0% to ${limit}` })
    .transform((text, context) => {
      const value = parseShare(text, most);
      if (!Number.isNaN(value)) return value;
      const message = `"${text}" is not a share between 0% and ${limit}; write it like 5%`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    });
}

/** A share of a whole. */
export const percent = sharesUpTo(1);

interface Bounds<T> {
  readonly min?: T;
  readonly max: T;
}

interface Quantity<T> {
  readonly what: string;
  readonly example: string;
  /** The units as a pattern, for editors; `parse` decides. */
  readonly units: string;
  readonly parse: (text: string) => Parsed<T>;
  readonly print: (value: T) => string;
  readonly bounds: Bounds<T>;
}

function quantity<T extends number>(kind: Quantity<T>) {
  const { example, units, parse, print, bounds } = kind;
  const text = z.string().meta({ pattern: `^\\s*\\d+(_\\d{3})*(\\.\\d+)?\\s*${units}\\s*$|^\\s*0\\s*$` });
  const limits = `${bounds.min === undefined ? '' : `from ${print(bounds.min)} `}up to ${print(bounds.max)}`;
  return z
    .union([text, z.literal(0)], { error: (issue) => withoutUnit(issue.input, kind) })
    .meta({ examples: [example], $comment: limits })
    .transform((input, context): T => {
      const result = parse(String(input));
      const message = result.ok
        ? outside(String(input), result.value, kind)
        : (exponent(String(input), kind) ?? result.problem);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
      return result.ok && message === undefined ? result.value : z.NEVER;
    });
}

function withoutUnit<T>(input: unknown, { what, example }: Quantity<T>): string {
  if (typeof input === 'number') return `${input} has no unit; write it like ${example}`;
  return `must be a ${what} with its unit, like ${example}`;
}

function outside<T extends number>(text: string, value: T, { bounds, print }: Quantity<T>): string | undefined {
  if (value > bounds.max) return `"${text}" is above the limit of ${print(bounds.max)}`;
  if (bounds.min !== undefined && value < bounds.min) return `"${text}" is below the limit of ${print(bounds.min)}`;
  return undefined;
}

/** `1e9/s`: exponents are not read, but what is wrong with such a value should be said of the value. */
function exponent<T extends number>(text: string, kind: Quantity<T>): string | undefined {
  const match = /^\s*(\d+(?:\.\d+)?e\+?\d{1,2})(.*)$/u.exec(text);
  if (match === null) return undefined;
  const plain = `${BigInt(Math.round(Number(match[1])))}${match[2]}`;
  const result = kind.parse(plain);
  if (!result.ok) return undefined;
  return outside(text, result.value, kind) ?? `"${text}" is written with an exponent; write ${plain}`;
}
