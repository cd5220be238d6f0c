import { BenchError, parseDuration } from '../units/index.ts';
import { harmless } from './complaint.ts';
import { readText, within } from './text-file.ts';

/** A file of arrivals that is larger is refused before it is read. */
const LARGEST = 32_000_000;

/** Arrivals that one file may hold: they are sent to the agents with the plan. */
const MOST = 1_000_000;

/** So many of its mistakes are named. */
const MOST_NAMED = 20;

/**
 * Reads a file of arrivals: one a line, as the time since the start of the measurement with its unit (`1.5ms`), none
 * before the one above it. Empty lines, and what follows a `#`, are passed over.
 * @returns the instants in ns.
 * @throws BenchError usage, with every mistake.
 */
export async function readArrivals(path: string, folder: string): Promise<readonly number[]> {
  const text = await readText(await within(path, folder), LARGEST);
  const instants: number[] = [];
  const mistakes: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.replace(/#.*$/u, '').trim();
    if (words === '') continue;
    const read = parseDuration(words);
    if (!read.ok) mistakes.push(`line ${index + 1}: ${harmless(read.problem)}`);
    else if (read.value < (instants.at(-1) ?? 0)) mistakes.push(`line ${index + 1}: ${words} is before the line above`);
    else instants.push(read.value);
    if (instants.length > MOST || mistakes.length >= MOST_NAMED) break;
  }
  if (instants.length > MOST) mistakes.push(`it holds more than ${MOST} arrivals`);
  if (instants.length === 0 && mistakes.length === 0) mistakes.push('it holds no arrival');
  if (mistakes.length === 0) return instants;
  throw new BenchError('usage', 'ARRIVALS_INVALID', `${harmless(path)}: ${mistakes.join('; ')}`, {
    hint: 'one arrival a line, as a duration like 1.5ms, in order',
  });
}
