import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isRefusal, raiseSession } from '../autogroup.ts';
import { cpuHierarchyOf } from '../cgroup-place.ts';

/**
 * Lets a container's process come before what else runs on its processors, as its niceness does outside of a container.
 * Niceness counts among the tasks of one control group alone, and a container's group weighs as much as any single task
 * beside it: at nice −10 in a container of its own the load was held up for over 5 ms once in a hundred requests. So with
 * version 1 the process joins this process's own group of the cpu controller, and of what is mounted with it; with version 2, where it
 * cannot be in another for one controller, its group is given the weight. What cannot be written there is left as it is.
 * @throws Error where this process may not raise a priority at all.
 */
export function raise(pid: number, nice: number): void {
  os.setPriority(pid, nice);
  const hierarchy = cpuHierarchyOf('self');
  const [own] = hierarchy?.folders ?? [];
  if (hierarchy === undefined || own === undefined) return;
  try {
    if (hierarchy.version === 1) {
      writeFileSync(path.join(own, 'cgroup.procs'), String(pid));
      // A container is a session.
      raiseSession(pid, nice);
    } else writeFileSync(path.join(cpuHierarchyOf(pid)?.folders[0] ?? '', 'cpu.weight.nice'), String(nice));
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}
