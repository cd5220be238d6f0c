import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type GeneratorsRecord, readGenerators, writeGenerators } from './record.ts';
import { tablesOf } from './tables.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const PUBLISHED = path.join(ROOT, 'docs', 'studies', 'generators.json');
const PAGE = path.join(ROOT, 'docs', 'generators.md');
const UNPUBLISHED = path.join(ROOT, 'reports', 'generators.json');
/** Between these stands what is generated. */
const BEGIN = '<!-- tables: begin (npm run bench:generators -- --tables) -->';
const END = '<!-- tables: end -->';

/** Keeps what was measured beside the reports, or in docs with its tables; prints the tables. */
export function writeRecord(
  newer: Partial<Omit<GeneratorsRecord, 'schemaVersion'>>,
  published: boolean,
  say: (line: string) => void,
): void {
  const file = published ? PUBLISHED : UNPUBLISHED;
  mkdirSync(path.dirname(file), { recursive: true });
  writeGenerators(file, newer);
  say(tablesOf(readGenerators(file)));
  say(`record: ${path.relative(ROOT, file)}`);
  if (published) writeTables();
}

/** Writes the tables of docs/generators.md from its record. */
export function writeTables(): void {
  writeFileSync(PAGE, withTables(readFileSync(PAGE, 'utf8'), readGenerators(PUBLISHED)));
}

/** A page with the tables of a record in their place. @throws Error where the page has no such place. */
export function withTables(page: string, record: GeneratorsRecord): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`docs/generators.md lacks the line ${BEGIN} or ${END}`);
  return `${page.slice(0, from + BEGIN.length)}\n\n${tablesOf(record)}\n${page.slice(to)}`;
}
