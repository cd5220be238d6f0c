import { BenchError } from '../units/index.ts';

/** One mistake in a scenario file, with its place. */
export interface Complaint {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** Path in the document, for example `load.rate`; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong and what would be right. */
  readonly message: string;
  /** What was probably meant. */
  readonly suggestion: string | undefined;
}

/** A message names so many mistakes; `complaints` holds all. */
const MOST_PRINTED = 100;

/** A scenario file that cannot be used; names every mistake that was found, in the order of the file. */
export class ScenarioError extends BenchError {
  readonly file: string;
  readonly complaints: readonly Complaint[];

  constructor(file: string, complaints: readonly Complaint[]) {
    super('usage', 'SCENARIO_INVALID', describe(file, complaints), {
      hint: 'docs/scenarios.md describes every field; editors complete them from schema/scenario.schema.json',
    });
    this.name = 'ScenarioError';
    this.file = file;
    this.complaints = complaints;
  }
}

/** Prints a complaint as one line: `x.yaml:3:5 load.conections: is not a field; did you mean "connections"?` */
export function printComplaint(file: string, complaint: Complaint): string {
  const { line, column, path, message, suggestion } = complaint;
  const where = path === '' ? '' : `${harmless(path)}: `;
  const meant = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`;
  return `${harmless(file)}:${line}:${column} ${where}${harmless(message)}${meant}`;
}

function describe(file: string, complaints: readonly Complaint[]): string {
  const count = complaints.length === 1 ? '1 mistake' : `${complaints.length} mistakes`;
  const lines = complaints
    .slice(0, MOST_PRINTED)
    .map((complaint, index) => `  ${index + 1}. ${printComplaint(file, complaint)}`);
  const rest = complaints.length - lines.length;
  if (rest > 0) lines.push(`  … and ${rest} more`);
  return `${harmless(file)} has ${count}:\n${lines.join('\n')}`;
}

/** Text of a file as a terminal may show it: no control or invisible characters, and not endless. */
export function harmless(text: string): string {
  const cut = text.length > 300 ? `${text.slice(0, 300)}…` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}
