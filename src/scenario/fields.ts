import { z } from 'zod';
import {
  type Bytes,
  type Nanos,
  type Parsed,
  parseBytes,
  parseDuration,
  parseRate,
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
  return quantity<Nanos>(parseDuration, { what: 'duration', example: '5s', units: '(ns|us|µs|μs|ms|s|m|min|h)' }, bounds);
}

/** A rate written with its unit. */
export function rate(bounds: Bounds<Rate>) {
  return quantity<Rate>(parseRate, { what: 'rate', example: '2000/s', units: 'k?/(s|min|m)' }, bounds);
}

/** A size written with its unit. */
export function size(bounds: Bounds<Bytes>) {
  return quantity<Bytes>(parseBytes, { what: 'size', example: '1kB', units: '(B|[kKMG]B|[KMG]iB)' }, bounds);
}

/** Reads `5%` as 0.05; NaN where the text is no share between 0 % and 100 %. */
export function parseShare(text: string): number {
  const match = /^(\d+(?:\.\d+)?)%$/u.exec(text.trim());
  const value = match === null ? Number.NaN : Number(match[1]) / 100;
  return value <= 1 ? value : Number.NaN;
}

/** A share written in per cent, as a fraction. */
export const percent = z
  .string({ error: 'must be a share in per cent, like 5%' })
  .meta({ examples: ['5%'] })
  .transform((text, context) => {
    const value = parseShare(text);
    if (!Number.isNaN(value)) return value;
    context.addIssue({ code: 'custom', message: `"${text}" is not a share between 0% and 100%; write it like 5%` });
    return z.NEVER;
  });

interface Bounds<T> {
  readonly min?: T;
  readonly max: T;
  readonly maxText: string;
}

interface Wording {
  readonly what: string;
  readonly example: string;
  /** The units as a pattern, for editors; the parser in units decides. */
  readonly units: string;
}

function quantity<T extends number>(parse: (text: string) => Parsed<T>, wording: Wording, bounds: Bounds<T>) {
  const text = z.string().meta({ pattern: `^\\s*\\d+(_\\d{3})*(\\.\\d+)?\\s*${wording.units}\\s*$|^\\s*0\\s*$` });
  return z
    .union([text, z.literal(0)], { error: (issue) => withoutUnit(issue.input, wording) })
    .meta({ examples: [wording.example] })
    .transform((input, context): T => {
      const result = parse(String(input));
      const problem = result.ok ? outside(String(input), result.value, bounds) : exponent(String(input), parse, bounds);
      const message = problem ?? (result.ok ? undefined : result.problem);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
      return result.ok && message === undefined ? result.value : z.NEVER;
    });
}

function withoutUnit(input: unknown, { what, example }: Wording): string {
  if (typeof input === 'number') return `${input} has no unit; write it like ${example}`;
  return `must be a ${what} with its unit, like ${example}`;
}

function outside<T extends number>(text: string, value: T, bounds: Bounds<T>): string | undefined {
  if (value > bounds.max) return `"${text}" is above the limit of ${bounds.maxText}`;
  if (bounds.min !== undefined && value < bounds.min) return `"${text}" is too small`;
  return undefined;
}

/** `1e9/s`: exponents are not read, but what is wrong with such a value should be said of the value. */
function exponent<T extends number>(
  text: string,
  parse: (text: string) => Parsed<T>,
  bounds: Bounds<T>,
): string | undefined {
  const match = /^\s*(\d+(?:\.\d+)?e\+?\d{1,2})(.*)$/u.exec(text);
  if (match === null) return undefined;
  const plain = `${BigInt(Math.round(Number(match[1])))}${match[2]}`;
  const result = parse(plain);
  if (!result.ok) return undefined;
  return outside(text, result.value, bounds) ?? `"${text}" is written with an exponent; write ${plain}`;
}
