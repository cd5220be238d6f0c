import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The processors that this process may use, by number: a container or taskset may allow fewer than the machine has. */
export function availableCpus(): readonly number[] {
  const list = /^Cpus_allowed_list:\s+(\S+)$/mu.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0';
  return parseCpuList(list);
}

/** Reads the kernel's form `0-2,5`. */
export function parseCpuList(list: string): readonly number[] {
  return list.split(',').flatMap((part) => {
    const [from = 0, to = from] = part.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}

/** True where processes may be given SCHED_RR: the kernel is asked, since root in a container may be refused. */
export function mayRealtime(): boolean {
  return spawnSync('chrt', ['--rr', '5', 'true'], { stdio: 'ignore' }).status === 0;
}
