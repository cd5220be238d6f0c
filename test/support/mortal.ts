import type { ChildProcess } from 'node:child_process';
import { count } from './counts.ts';

/** For a run: none takes as long on a machine that does other things too, and one that hangs costs its test and not its file. */
export const LIMIT_MS = count(150_000, 1_800_000);

/** Processes of tests that have not ended. */
const running = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
// How the runner ends a file that took too long; without this no exit handler would run.
process.once('SIGTERM', () => process.exit(143));

/** A process that does not outlive its test file, whatever becomes of the test. */
export function mortal<T extends ChildProcess>(child: T): T {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}
