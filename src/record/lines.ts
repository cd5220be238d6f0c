import { open } from 'node:fs/promises';
import { BenchError } from '../units/index.ts';

/** A line longer than this is left out: one hour of one-second histograms takes half of it. */
export const MAX_LINE_BYTES = 64_000_000;
/** A file longer than this is not opened: its trials would not fit into memory. */
export const MAX_RECORD_BYTES = 2_000_000_000;

const NEWLINE = 0x0a;
const CHUNK_BYTES = 1_048_576;

export interface Line {
  /** From 1, as editors count. */
  readonly number: number;
  /** Null where the line is longer than {@link MAX_LINE_BYTES}. */
  readonly text: string | null;
  /** False for a last line without its newline: it may be torn. */
  readonly ended: boolean;
}

/**
 * The lines of a file, one at a time; never more than one of them is in memory.
 * @throws BenchError usage, `record-missing`, `record-too-large`.
 */
export async function* readLines(path: string): AsyncGenerator<Line> {
  await using file = await openFile(path);
  const { size } = await file.stat();
  if (size > MAX_RECORD_BYTES) {
    throw new BenchError('usage', 'record-too-large', `The record ${path} is larger than 2 GB and is not read.`);
  }
  const current = new Pieces();
  let number = 1;
  // A device has no size and no end.
  const stream = file.createReadStream({ highWaterMark: CHUNK_BYTES, autoClose: false, end: MAX_RECORD_BYTES - 1 });
  for await (const chunk of stream) {
    let rest: Buffer = chunk;
    for (let at = rest.indexOf(NEWLINE); at !== -1; at = rest.indexOf(NEWLINE)) {
      current.add(rest.subarray(0, at));
      yield { number, text: current.take(), ended: true };
      number += 1;
      rest = rest.subarray(at + 1);
    }
    current.add(rest);
  }
  if (!current.empty) yield { number, text: current.take(), ended: false };
}

/** The bytes of the line that is being read; they are let go once they are too many. */
class Pieces {
  #pieces: Buffer[] = [];
  #bytes = 0;

  get empty(): boolean {
    return this.#bytes === 0;
  }

  add(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > MAX_LINE_BYTES) this.#pieces = [];
    else this.#pieces.push(piece);
  }

  take(): string | null {
    const text = this.#bytes > MAX_LINE_BYTES ? null : Buffer.concat(this.#pieces).toString('utf8');
    this.#pieces = [];
    this.#bytes = 0;
    return text;
  }
}

async function openFile(path: string) {
  try {
    return await open(path, 'r');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new BenchError('usage', 'record-missing', `The record ${path} cannot be opened (${code}).`, {
      hint: 'Name a record.jsonl, or the folder of a run that holds one.',
      cause,
    });
  }
}
