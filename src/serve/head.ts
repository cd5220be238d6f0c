import { type FileHandle, open } from 'node:fs/promises';
import type { RunEnd } from '../summary/index.ts';

/** What an index shows of a record, read from its first and its last line alone. */
export interface RecordHead {
  readonly scenario: string;
  readonly question: string;
  readonly startedAt: string;
  readonly runtime: string;
  readonly blocks: number;
  readonly variants: readonly string[];
  readonly estimateNs: number;
  readonly end: RunEnd | undefined;
}

/** A header is a few kB, and up to a MB with the scenario's own text in it: most are read at once, the others once more. */
const USUAL_HEAD = 65_536;
const MOST_HEAD = 4_000_000;
/** The closing line is a few hundred bytes. */
const MOST_END = 16_384;
/** Texts are cut to this, before they are made visible. */
const LONGEST = 2000;

/** What a closing line may say; a record of its own, so that the compiler misses none. */
const ENDS: Readonly<Record<Exclude<RunEnd, 'killed'>, true>> = {
  complete: true,
  'not-certified': true,
  'time-limit': true,
  'too-many-vetoes': true,
  interrupted: true,
  'component-failed': true,
  'internal-error': true,
};

/** Reads the head of a record, untrusted; undefined where it has no header. Short reads, whatever the file's size is. */
export async function readHead(file: string): Promise<RecordHead | undefined> {
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    const line =
      (await firstLine(handle, Math.min(size, USUAL_HEAD))) ?? (await firstLine(handle, Math.min(size, MOST_HEAD)));
    const header = asObject(parse(line ?? ''));
    if (header?.['type'] !== 'header') return undefined;
    const tail = Buffer.alloc(Math.min(size, MOST_END));
    await handle.read(tail, 0, tail.length, size - tail.length);
    return headOf(header, tail.toString('utf8').trimEnd().split('\n').at(-1) ?? '');
  } catch {
    return undefined;
  }
}

/** The first line of a file where it ends within so many bytes. */
async function firstLine(handle: FileHandle, bytes: number): Promise<string | undefined> {
  const head = Buffer.alloc(bytes);
  await handle.read(head, 0, head.length, 0);
  const until = head.indexOf(0x0a);
  return until === -1 ? undefined : head.toString('utf8', 0, until);
}

function headOf(header: Fields, lastLine: string): RecordHead {
  const scenario = asObject(header['scenario']) ?? {};
  const plan = asObject(header['plan']) ?? {};
  const variants = Array.isArray(plan['variants']) ? plan['variants'].slice(0, 10_000) : [];
  return {
    scenario: textIn(scenario, 'name'),
    question: textIn(scenario, 'question'),
    startedAt: textIn(header, 'startedAt'),
    runtime: textIn(header, 'runtime'),
    blocks: numberIn(plan, 'blocks'),
    variants: variants.map((variant) => textIn(asObject(variant) ?? {}, 'name')),
    estimateNs: numberIn(plan, 'estimateNs'),
    end: endOf(lastLine),
  };
}

/** How a record ended by its last line; undefined where that is no closing line. */
export function endOf(line: string): RunEnd | undefined {
  const end = asObject(parse(line));
  const how = end?.['type'] === 'end' ? end['how'] : undefined;
  return typeof how === 'string' && Object.hasOwn(ENDS, how) ? (how as RunEnd) : undefined;
}

export type Fields = Readonly<Record<string, unknown>>;

/** What is an object and no list; else undefined. */
export function asObject(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** A text of bounded length; empty where there is none. */
export function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value.slice(0, LONGEST) : '';
}

/** A finite number; 0 where there is none. */
export function numberIn(fields: Fields, name: string): number {
  const value = fields[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/** What a text holds as JSON; undefined where it does not. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
