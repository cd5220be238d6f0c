import { type Parsed, parsed, refused, splitQuantity } from './parsed.ts';

/** Events per second. */
export type Rate = number & { readonly __unit: '1/s' };

/** Marks a number as events per second. */
export function perSecond(value: number): Rate {
  return value as Rate;
}

/** Reads `2000/s`, `120/min`, `2k/s`. A bare number is refused: per second and per minute are both in use. */
export function parseRate(text: string): Parsed<Rate> {
  const quantity = splitQuantity(text);
  const match = /^(k?)\/(s|min|m)$/u.exec(quantity?.unit ?? '');
  if (quantity === undefined || match === null) {
    return refused(`"${text}" is not a rate; write it like 2000/s, 2k/s or 120/min`);
  }
  const thousands = match[1] === 'k' ? 1000 : 1;
  return parsed(perSecond((quantity.amount * thousands) / (match[2] === 's' ? 1 : 60)));
}

/** Prints a rate for people: `2,000/s`, `0.50/s`. */
export function formatRate(rate: Rate): string {
  const digits = rate >= 100 || Number.isInteger(rate) ? 0 : 2;
  return `${rate.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits })}/s`;
}

/** Prints a rate as a scenario would write it, so that parsing the text gives the same value again. */
export function printRate(rate: Rate): string {
  return `${rate}/s`;
}
