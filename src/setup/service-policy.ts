import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/** What Debian's maintainer scripts ask before they start a service (invoke-rc.d(8)). */
const POLICY_FILE = '/usr/sbin/policy-rc.d';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Does `work` while packages that are installed may start no service.
 * A policy of the machine's own is left as it is. Ours goes away afterwards; should this process be killed before, the
 * policy sees that its maker is gone, lets services start again and removes itself.
 */
export async function withoutStartingServices<T>(work: () => Promise<T>, file: string = POLICY_FILE): Promise<T> {
  if (!placePolicy(file)) return work();
  const remove = (): void => rmSync(file, { force: true });
  const removeAndEnd = (signal: NodeJS.Signals): void => {
    remove();
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.once(signal, removeAndEnd);
  try {
    return await work();
  } finally {
    for (const signal of SIGNALS) process.off(signal, removeAndEnd);
    remove();
  }
}

/** False where there is a policy already. */
function placePolicy(file: string): boolean {
  try {
    writeFileSync(file, policyOf(process.pid, startOf(process.pid)), { flag: 'wx', mode: 0o755 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** 101 forbids, 0 allows. The start time tells the maker from a later process with the same id. */
function policyOf(pid: number, start: string): string {
  return `#!/bin/sh
# Temporary: meshbench installs packages and starts none of their services.
# /proc/PID/stat, after the command's closing bracket: field 20 there is the start time.
[ "$(sed 's/.*) //' /proc/${pid}/stat 2>/dev/null | cut -d' ' -f20)" = "${start}" ] && exit 101
rm -f "$0"
exit 0
`;
}

function startOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return (
    stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .at(19) ?? ''
  );
}
