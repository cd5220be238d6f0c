import type { Summary } from '../summary/index.ts';

/** Characters that JSON leaves as they are but that a terminal or a script might obey. */
const OBEYED = /[\u007f-\u009f\p{Cf}\u2028\u2029]/gu;

/** summary.json: the summary itself, two spaces deep. Parsing it gives the same values again. */
export function renderJson(summary: Summary): string {
  return safeJson(summary);
}

/** Any document of ours as JSON that a terminal can show, two spaces deep. */
export function safeJson(document: unknown): string {
  return `${JSON.stringify(document, undefined, 2).replace(OBEYED, escaped)}\n`;
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
