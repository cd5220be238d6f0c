import { setTimeout as sleep } from 'node:timers/promises';
import type { HostProcess } from '../runtime/index.ts';
import { BenchError } from '../units/index.ts';

/** What the work gives, or the first reason why it never will. The work itself goes on. */
export async function firstOf<T>(work: Promise<T>, ...reasons: readonly Promise<never>[]): Promise<T> {
  // The losers of the race reject later, when nobody listens any more.
  for (const loser of [work, ...reasons]) loser.catch(() => undefined);
  return await Promise.race([work, ...reasons]);
}

/** What a process was asked for fails at once where it has died, and that it has is told some milliseconds later. */
const TOLD_MS = 200;

/** The same work, whose failure waits until a death that is the reason for it would have been told. */
export async function lateToFail<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    await sleep(TOLD_MS);
    throw error;
  }
}

/**
 * Never comes to an end but by that of the process, where it was not planned.
 * @throws BenchError component with its last words.
 */
export async function deathOf(process: HostProcess, wasPlanned: () => boolean = () => false): Promise<never> {
  const { code, signal, stderr } = await process.exited;
  if (wasPlanned()) return await new Promise<never>(() => undefined);
  throw new BenchError(
    'component',
    'COMPONENT_DIED',
    `${process.name} ended unplanned (${signal ?? `exit code ${code}`})${stderr === '' ? '' : `: ${stderr}`}`,
    { hint: 'what was measured before is kept in the record' },
  );
}
