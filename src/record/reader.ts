import { BenchError } from '../units/index.ts';
import { type Line, MAX_LINE_BYTES, readLines } from './lines.ts';
import {
  type Certificate,
  type End,
  type Header,
  lineSchema,
  MAX_TRIALS,
  type RecordLine,
  type RunRecord,
  SCHEMA_VERSION,
  type Trial,
} from './schema.ts';

/** Sentences about lines that were left out; beyond them their number is told. */
const MOST_DAMAGE = 1000;
/**
 * Values that a line may hold: twice those of a trial with as many failed requests as are kept. The schema complains
 * of each that is wrong before it looks at how many there are, and complaints take more memory than the line.
 */
const MOST_VALUES = 2_000_000;

/**
 * Reads a record, untrusted and possibly cut off: up to its last whole trial, and what was left out is named in `damage`
 * by line. Fields that this version does not know are ignored.
 * @throws BenchError usage: `record-missing`, `record-too-large`, `record-header` where the first line is not a header,
 * `record-version` where a later version wrote it.
 */
export async function readRecord(path: string): Promise<RunRecord> {
  let reading: Reading | undefined;
  for await (const line of readLines(path)) {
    if (reading === undefined) reading = new Reading(readHeader(path, line));
    else reading.take(line);
  }
  if (reading === undefined) throw notARecord(path, 'it is empty');
  return reading.record();
}

/** A line that was understood, or what is wrong with it. */
type Understood = { readonly line: RecordLine } | { readonly problem: string };

function readHeader(path: string, line: Line): Header {
  const value = parseJson(line.text);
  if (isObject(value) && value['type'] === 'header' && typeof value['schemaVersion'] === 'number') {
    const version = value['schemaVersion'];
    if (version > SCHEMA_VERSION) {
      throw new BenchError(
        'usage',
        'record-version',
        `The record ${path} has schemaVersion ${version}; this meshbench reads up to ${SCHEMA_VERSION}.`,
        { hint: 'Read it with the meshbench that wrote it, or a later one.' },
      );
    }
  }
  const understood = understand(value);
  if ('problem' in understood) throw notARecord(path, `its first line ${understood.problem}`);
  if (understood.line.type !== 'header') throw notARecord(path, 'its first line is not a header');
  return understood.line;
}

function notARecord(path: string, what: string): BenchError {
  return new BenchError('usage', 'record-header', `${path} is not the record of a run: ${what}.`, {
    hint: 'Name a record.jsonl that meshbench wrote; without a whole first line nothing can be read of it.',
  });
}

/** What was read so far. */
class Reading {
  readonly #header: Header;
  readonly #variants: ReadonlySet<string>;
  readonly #trials: Trial[] = [];
  readonly #seen = new Set<string>();
  readonly #damage: string[] = [];
  #untold = 0;
  #certificate: Certificate | undefined;
  #end: End | undefined;

  constructor(header: Header) {
    this.#header = header;
    this.#variants = new Set(header.plan.variants.map((variant) => variant.name));
  }

  take(line: Line): void {
    const understood = understand(parseJson(line.text));
    const problem = 'problem' in understood ? this.#tellTorn(line, understood.problem) : this.#place(understood.line);
    if (problem === undefined) return;
    if (this.#damage.length < MOST_DAMAGE) this.#damage.push(`Line ${line.number} ${problem}; it was left out.`);
    else this.#untold += 1;
  }

  record(): RunRecord {
    return {
      header: this.#header,
      certificate: this.#certificate,
      trials: this.#trials,
      end: this.#end,
      damage: this.#untold === 0 ? this.#damage : [...this.#damage, `${this.#untold} more lines were left out.`],
    };
  }

  #tellTorn(line: Line, problem: string): string {
    if (line.text === null) return `is longer than ${MAX_LINE_BYTES / 1e6} MB`;
    return line.ended ? problem : 'is cut off: the run ended while it was being written, or the file was cut';
  }

  /** Puts a line where it belongs; the problem where it belongs nowhere. */
  #place(line: RecordLine): string | undefined {
    if (this.#end !== undefined) return 'comes after the closing line';
    switch (line.type) {
      case 'header':
        return 'is a second header';
      case 'certificate':
        if (this.#certificate !== undefined) return 'is a second certificate';
        this.#certificate = line;
        return undefined;
      case 'end':
        this.#end = line;
        return undefined;
      case 'trial':
        return this.#placeTrial(line);
    }
  }

  #placeTrial(trial: Trial): string | undefined {
    const key = `${trial.block} ${trial.variant}`;
    const isSound = trial.vetoes.length === 0;
    if (!this.#variants.has(trial.variant))
      return `is a trial of ${quote(trial.variant)}, which the plan does not have`;
    if (isSound && this.#seen.has(key))
      return `is a second unvetoed trial of ${quote(trial.variant)} in block ${trial.block}`;
    if (this.#trials.length >= MAX_TRIALS) return `is beyond the ${MAX_TRIALS} trials that are read`;
    if (isSound) this.#seen.add(key);
    this.#trials.push(trial);
    return undefined;
  }
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function understand(value: unknown): Understood {
  if (!isObject(value)) return { problem: 'is not a JSON object' };
  if (holdsMoreThan(value, MOST_VALUES)) return { problem: `holds more than ${MOST_VALUES / 1e6} million values` };
  const checked = lineSchema.safeParse(value);
  if (checked.success) return { line: checked.data };
  const issue = checked.error.issues[0];
  if (issue?.code === 'invalid_union') return { problem: `is of the unknown type ${quote(value['type'])}` };
  return { problem: `is not valid at ${quote(issue?.path.join('.'))}: ${issue?.message ?? 'unknown'}` };
}

/** Whether there are more values than that within a value, at whatever depth. */
function holdsMoreThan(value: object, most: number): boolean {
  const left: object[] = [value];
  let found = 0;
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const inner: readonly unknown[] = Array.isArray(next) ? next : Object.values(next);
    found += inner.length;
    if (found > most) return true;
    for (const one of inner) if (typeof one === 'object' && one !== null) left.push(one);
  }
  return false;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text of the file inside a sentence of ours: short, and on one line. */
function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
