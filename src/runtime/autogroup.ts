import { writeFileSync } from 'node:fs';

/**
 * Gives a process's session the weight of this niceness among other sessions. In the topmost control group the kernel
 * weighs tasks session by session, and niceness counts within one alone, sched(7) "The autogroup feature": without this a
 * raised load comes before the harness that started it, and before nobody else. The process must lead a session of its own.
 * Where there are no such groups, or they may not be written, it is left as it is.
 */
export function raiseSession(pid: number, nice: number): void {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(nice));
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

/** What a kernel or a container answers that does not let this be written. */
export function isRefusal(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'EBUSY', 'EAGAIN', 'ESRCH'].includes(String(code));
}
