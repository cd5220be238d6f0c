import { open } from 'node:fs/promises';
import type { LiveTrial } from '../report/index.ts';
import { asObject, endOf, type Fields, parse, textIn } from './head.ts';

/** Bytes that one look reads at most; a look that finds more is followed by another. */
const MOST_READ = 8_000_000;
/** A longer line is left out. */
const LONGEST_LINE = 64_000_000;
const SHOWN_TRIALS = 20;
/** Blocks that are told apart. */
const MOST_BLOCKS = 5000;

/**
 * Follows a record while a run writes it: every look reads what is new and no more, since it is read on the machine that is
 * being measured.
 */
export class Tail {
  readonly #file: string;
  /** The variants of which a block has an unvetoed trial. */
  readonly #blocks = new Map<number, Set<string>>();
  #vetoed = 0;
  #offset = 0;
  #rest = Buffer.alloc(0);
  #trials: LiveTrial[] = [];
  #ended = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** The last trials, newest first. */
  get trials(): readonly LiveTrial[] {
    return this.#trials;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Vetoed trials. */
  get vetoed(): number {
    return this.#vetoed;
  }

  /** Blocks that have an unvetoed trial of each of so many variants. */
  whole(variants: number): number {
    return [...this.#blocks.values()].filter(({ size }) => size >= variants).length;
  }

  /** Reads what was written since the last look; true where there was a new line. */
  async look(): Promise<boolean> {
    await using handle = await open(this.#file, 'r');
    let news = false;
    while (true) {
      const { size } = await handle.stat();
      const bytes = Buffer.alloc(Math.min(MOST_READ, Math.max(0, size - this.#offset)));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, this.#offset);
      if (bytesRead === 0) return news;
      this.#offset += bytesRead;
      news = this.#take(bytes.subarray(0, bytesRead)) || news;
    }
  }

  #take(bytes: Buffer): boolean {
    let all = Buffer.concat([this.#rest, bytes]);
    let news = false;
    for (let at = all.indexOf(0x0a); at !== -1; at = all.indexOf(0x0a)) {
      this.#line(all.toString('utf8', 0, at));
      all = all.subarray(at + 1);
      news = true;
    }
    this.#rest = all.length > LONGEST_LINE ? Buffer.alloc(0) : Buffer.from(all);
    return news;
  }

  #line(text: string): void {
    const line = asObject(parse(text));
    if (line?.['type'] === 'trial') this.#trial(line);
    else if (endOf(text) !== undefined) this.#ended = true;
  }

  #trial(line: Fields): void {
    const block = line['block'];
    if (typeof block !== 'number' || !Number.isInteger(block) || block < 0) return;
    const variant = textIn(line, 'variant');
    const vetoes = Array.isArray(line['vetoes']) ? line['vetoes'].slice(0, 20) : [];
    const sound = this.#blocks.get(block) ?? new Set<string>();
    if (this.#blocks.size < MOST_BLOCKS) this.#blocks.set(block, sound);
    if (vetoes.length > 0) this.#vetoed += 1;
    else sound.add(variant);
    const trial = { block, variant, outcomes: outcomesOf(line), vetoes: vetoes.map(textOfVeto).join('; ') };
    this.#trials = [trial, ...this.#trials].slice(0, SHOWN_TRIALS);
  }
}

function textOfVeto(veto: unknown): string {
  return textIn(asObject(veto) ?? {}, 'text');
}

function outcomesOf(line: Fields): string {
  const outcomes = asObject(asObject(line['load'])?.['outcomes']) ?? {};
  return Object.entries(outcomes)
    .filter(([, count]) => typeof count === 'number' && count > 0)
    .slice(0, 12)
    .map(([name, count]) => `${Number(count).toLocaleString('en-US')} ${name}`)
    .join(', ');
}
