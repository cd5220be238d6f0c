import { HOSTILE } from './hostile-summary.ts';

/** The same document with a hostile text in place of each of its texts but `kept`, every ninth of 10,000 characters. */
export function poisoned<Document>(document: Document, kept: ReadonlySet<string> = new Set()): Document {
  let turn = 0;
  const poison = (value: unknown): unknown => {
    if (typeof value === 'string') {
      if (kept.has(value)) return value;
      turn += 1;
      return turn % 9 === 0 ? `${turn} ${'W'.repeat(10_000)}` : `${turn} ${HOSTILE[turn % HOSTILE.length] ?? ''}`;
    }
    if (Array.isArray(value)) return value.map(poison);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, poison(inner)]));
  };
  return poison(document) as Document;
}
