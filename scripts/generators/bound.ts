import os from 'node:os';

/**
 * The command that runs `argv` on one processor and no longer than this process, however that ends: whatever outlived a
 * comparison would spoil all that is measured later.
 */
export function bound(cpu: number, argv: readonly string[]): readonly [string, ...string[]] {
  return ['setpriv', '--pdeathsig', 'KILL', 'taskset', '--cpu-list', String(cpu), ...argv];
}

/** An interrupt ends this process as its last line would: what it has to remove at its end is removed. */
export function exitWhenInterrupted(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(128 + os.constants.signals[signal]));
  }
}
