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
export const name = z.string().regex(NAME, 'must be lower-case letters, digits and dashes, 32 at most');

/** A duration written with its unit. */
export function duration(bounds: { min?: Nanos; max: Nanos; maxText: string }) {
  return quantity<Nanos>(parseDuration, '5s', bounds);
}

/** A rate written with its unit. */
export function rate(bounds: { min?: Rate; max: Rate; maxText: string }) {
  return quantity<Rate>(parseRate, '2000/s', bounds);
}

/** A size written with its unit. */
export function size(bounds: { min?: Bytes; max: Bytes; maxText: string }) {
  return quantity<Bytes>(parseBytes, '1kB', bounds);
}

/** A share written in per cent, as a fraction. */
export const percent = z
  .string()
  .meta({ examples: ['5%'] })
  .transform((text, context) => {
    const match = /^(\d+(?:\.\d+)?)%$/u.exec(text.trim());
    const value = match === null ? Number.NaN : Number(match[1]) / 100;
    if (value >= 0 && value <= 1) return value;
    context.addIssue({ code: 'custom', message: `"${text}" is not a share between 0% and 100%` });
    return z.NEVER;
  });

function quantity<T extends number>(
  parse: (text: string) => Parsed<T>,
  example: string,
  bounds: { min?: T; max: T; maxText: string },
) {
  return z
    .union([z.string(), z.literal(0)])
    .meta({ examples: [example] })
    .transform((input, context): T => {
      const result = parse(String(input));
      if (!result.ok) {
        context.addIssue({ code: 'custom', message: result.problem });
        return z.NEVER;
      }
      if (result.value > bounds.max) {
        context.addIssue({ code: 'custom', message: `"${input}" is above the limit of ${bounds.maxText}` });
      }
      if (bounds.min !== undefined && result.value < bounds.min) {
        context.addIssue({ code: 'custom', message: `"${input}" is too small` });
      }
      return result.value;
    });
}
