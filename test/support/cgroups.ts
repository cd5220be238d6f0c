import { readdirSync, readFileSync } from 'node:fs';
import { type CpuHierarchy, cpuHierarchy } from '../../src/runtime/cgroup-place.ts';
import { lacksCpuLimit } from '../../src/runtime/sandbox/cgroup.ts';

/** Where the cpu controller of this machine is. */
export function ownHierarchy(): CpuHierarchy | undefined {
  return cpuHierarchy(readFileSync('/proc/self/mountinfo', 'utf8'), readFileSync('/proc/self/cgroup', 'utf8'));
}

/** Why tests of limits are skipped; false where they run. */
export const noLimits: string | false =
  (await lacksCpuLimit()) === undefined ? false : 'this machine has no writable cgroup';

/** Groups of meshbench that are there now, made by these processes or by anybody. */
export function groupsOf(...pids: readonly number[]): readonly string[] {
  const names = (ownHierarchy()?.folders ?? []).flatMap((folder) => readdirSync(folder));
  return names.filter((name) => {
    const pid = /^meshbench-(\d+)-\d+-/u.exec(name)?.[1];
    return pid !== undefined && (pids.length === 0 || pids.includes(Number(pid)));
  });
}
