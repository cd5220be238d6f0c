/** The result of reading a quantity that a person wrote: the value, or one sentence that says what is wrong. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** A parsed value. */
export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** A refusal; `problem` says what is wrong and what would be right. */
export function refused<T>(problem: string): Parsed<T> {
  return { ok: false, problem };
}

/** Splits `12.5ms` into its number and its unit; undefined where the text has another shape. */
export function splitQuantity(text: string): { amount: number; unit: string } | undefined {
  const match = /^(\d+(?:_\d{3})*(?:\.\d+)?)\s*([A-Za-zµμ/%]*)$/u.exec(text.trim());
  if (match?.[1] === undefined) return undefined;
  return { amount: Number(match[1].replaceAll('_', '')), unit: match[2] ?? '' };
}
