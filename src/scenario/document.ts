import { LineCounter, parseDocument } from 'yaml';
import type { Complaint } from './complaint.ts';
import { type Finding, type Path, printPath } from './finding.ts';
import { guard } from './yaml-guard.ts';
import { type Converted, convert, pathKey } from './yaml-value.ts';

/** A YAML text as plain data that remembers where everything stood. */
export interface Document {
  readonly value: unknown;
  /** What the text itself does wrong: syntax, and what YAML can do but a scenario must not. */
  readonly complaints: readonly Complaint[];
  /** False where a syntax error makes everything after it doubtful. */
  readonly whole: boolean;
  /** False where a finding would only follow from one of {@link complaints}. */
  believes(finding: Finding): boolean;
  /** True where the text has this place. */
  has(path: Path): boolean;
  /** Gives a finding its line and column: those of the nearest place that exists. */
  place(finding: Finding): Complaint;
}

const NOTHING: Converted = { value: null, spans: new Map(), unknown: [], incomplete: [], findings: [] };

/** Reads one YAML document. Never throws for what the text says. */
export function readDocument(text: string): Document {
  const lines = new LineCounter();
  const refusal = guard(text);
  if (refusal !== undefined) {
    markLines(text, lines);
    return new PlacedDocument(NOTHING, lines, [refusal]);
  }
  const document = parseDocument(text, {
    lineCounter: lines,
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    strict: true,
    stringKeys: false,
    // Found by convert(), which is linear and says where the first one is; the library's search is quadratic.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const errors = document.errors.map((error) => ({ offset: error.pos[0], message: syntax(error.code, error.message) }));
  return new PlacedDocument(convert(document.contents), lines, errors);
}

class PlacedDocument implements Document {
  readonly value: unknown;
  readonly complaints: readonly Complaint[];
  readonly whole: boolean;
  readonly #converted: Converted;
  readonly #lines: LineCounter;
  readonly #unknown: ReadonlySet<string>;
  readonly #incomplete: ReadonlySet<string>;
  readonly #firstError: number;

  constructor(converted: Converted, lines: LineCounter, errors: readonly { offset: number; message: string }[]) {
    this.#converted = converted;
    this.#lines = lines;
    this.#unknown = new Set(converted.unknown.map(pathKey));
    this.#incomplete = new Set(converted.incomplete.map(pathKey));
    this.#firstError = Math.min(Number.POSITIVE_INFINITY, ...errors.slice(0, 1).map((error) => error.offset));
    this.value = converted.value;
    this.whole = errors.length === 0;
    this.complaints = [
      ...errors.map(({ offset, message }) => this.#complaint(offset, { path: [], message })),
      ...converted.findings.map((finding) => this.#complaint(finding.offset, finding)),
    ];
  }

  believes(finding: Finding): boolean {
    const parent = finding.path.slice(0, -1);
    if (finding.missing === true && this.#incomplete.has(pathKey(parent))) return false;
    // What is missing or empty may stand in the part that could not be read.
    if (!this.whole && (finding.missing === true || this.#isEmpty(finding.path))) return false;
    for (let length = 0; length <= finding.path.length; length += 1) {
      if (this.#unknown.has(pathKey(finding.path.slice(0, length)))) return false;
    }
    return this.#end(finding) < this.#firstError;
  }

  has(path: Path): boolean {
    return this.#converted.spans.has(pathKey(path));
  }

  place(finding: Finding): Complaint {
    return this.#complaint(this.#span(finding)[0], finding);
  }

  #isEmpty(path: Path): boolean {
    const value = this.#converted.spans.get(pathKey(path))?.value;
    return value === undefined || value[0] === value[1];
  }

  #end(finding: Finding): number {
    return this.#span(finding)[1];
  }

  #span({ path, at }: Finding): readonly [number, number] {
    const span = this.#converted.spans.get(pathKey(path));
    if (span !== undefined) return at === 'key' ? (span.key ?? span.value) : span.value;
    // A place that does not exist is shown at the key of what should hold it.
    return path.length === 0 ? [0, 0] : this.#span({ path: path.slice(0, -1), at: 'key', message: '' });
  }

  #complaint(offset: number, finding: Pick<Finding, 'path' | 'message' | 'suggestion'>): Complaint {
    const { line, col } = this.#lines.linePos(offset);
    return {
      line: Math.max(1, line),
      column: Math.max(1, col),
      path: printPath(finding.path),
      message: finding.message,
      suggestion: finding.suggestion,
    };
  }
}

function markLines(text: string, lines: LineCounter): void {
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
}

function syntax(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'holds more than one document (---); a scenario is one';
  if (code === 'TAB_AS_INDENT') return 'is indented with a tab; YAML needs spaces';
  return `is not YAML: ${message.replace(/\s+/gu, ' ')}`;
}
