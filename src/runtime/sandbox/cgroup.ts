import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from '../../units/index.ts';
import { type CpuHierarchy, cpuHierarchyOf } from '../cgroup-place.ts';
import { startOf } from '../process-start.ts';
import type { Lack } from '../runtime.ts';
import { noGroupBecause } from './cgroup-remedies.ts';

/** The kernel's default, and that of every container runtime: a limit of 0.5 is 50 ms in each 100 ms. */
const PERIOD_US = 100_000;
/** The kernel ends a namespace's processes in milliseconds. */
const REMOVE_TIMEOUT_MS = 2000;
const REMOVE_POLL_MS = 10;

/** A group that limits the processor time of what is in it. */
export interface CpuGroup {
  readonly folder: string;
  /** A process that writes 0 into it is in the group from then on. */
  readonly procs: string;
  /** Periods and throttling, as cpu.stat has them. */
  readonly stat: string;
}

/** Words that make the process which runs them enter a group, and then become the command that follows. */
export function inGroup({ procs }: CpuGroup): string[] {
  return ['sh', '-c', 'echo 0 > "$0" && exec "$@"', procs];
}

/**
 * Groups of this process, one for each limited component. They lie side by side, not in a group of their own: a parent would
 * have one task's weight for all of them, and a sidecar would get less than its application for another reason than its limit.
 */
export class CpuGroups implements AsyncDisposable {
  private readonly hierarchy: CpuHierarchy | undefined;
  private readonly groups = new Map<string, CpuGroup>();
  private found: Place | undefined;

  constructor(hierarchy: CpuHierarchy | undefined = cpuHierarchyOf('self')) {
    this.hierarchy = hierarchy;
  }

  /**
   * Finds the nearest place for groups, once, by making one there and letting a process into it.
   * @throws BenchError preflight with the reason and the remedy, where there is none.
   */
  place(): Place {
    this.found ??= findPlace(this.hierarchy);
    return this.found;
  }

  /** Makes the group of a component, which may use so many processors. @throws as {@link place}. */
  make(component: string, processors: number): CpuGroup {
    const group = makeGroup(this.place(), component, processors);
    this.groups.set(component, group);
    return group;
  }

  /** Removes a component's group, unless processes that it left behind are still in it: those go with the world. */
  remove(component: string): void {
    const group = this.groups.get(component);
    if (group !== undefined && tryRemove(group.folder)) this.groups.delete(component);
  }

  /** Removes all of them; their processes must have been ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    const deadline = Date.now() + REMOVE_TIMEOUT_MS;
    for (const { folder } of this.groups.values()) {
      while (!tryRemove(folder) && Date.now() < deadline) await sleep(REMOVE_POLL_MS);
    }
    this.groups.clear();
    if (this.found !== undefined) closePlace(this.found);
  }
}

/** Why no process can be limited here; undefined where one can be. */
export async function lacksCpuLimit(hierarchy?: CpuHierarchy): Promise<Lack | undefined> {
  try {
    await using groups = new CpuGroups(hierarchy);
    groups.place();
    return undefined;
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    return { reason: error.message, remedy: error.hint ?? '' };
  }
}

/**
 * Removes what killed runs left: a group outlives the namespaces, though nothing is in it. Groups whose maker lives stay,
 * even empty ones, and the kernel refuses to remove one that has a process.
 */
export function sweepGroups(hierarchy: CpuHierarchy | undefined = cpuHierarchyOf('self')): void {
  for (const folder of hierarchy?.folders ?? []) {
    for (const name of tryList(folder)) {
      const [, pid, start] = /^meshbench-(\d+)-(\d+)-/u.exec(name) ?? [];
      if (pid !== undefined && startOf(Number(pid)) !== start) tryRemove(path.join(folder, name));
    }
  }
}

/** A folder in which groups can be made. */
interface Place {
  readonly version: 1 | 2;
  readonly folder: string;
  /** True where this process switched the controller on for the folder's groups, and has to switch it off. */
  readonly switchedOn: boolean;
}

function findPlace(hierarchy: CpuHierarchy | undefined): Place {
  const failures: { folder: string; error: unknown }[] = [];
  for (const folder of hierarchy?.folders ?? []) {
    try {
      return openPlace(hierarchy?.version ?? 2, folder);
    } catch (error) {
      failures.push({ folder, error });
    }
  }
  const { reason, remedy } = noGroupBecause(hierarchy, failures);
  throw new BenchError('preflight', 'NO_CPU_LIMIT', reason, { hint: remedy });
}

function openPlace(version: 1 | 2, folder: string): Place {
  const place = { version, folder, switchedOn: version === 2 && switchOn(folder, 'cpu') };
  try {
    const { folder: probe, procs } = makeGroup(place, 'probe', 0.5);
    try {
      const { status, stderr } = spawnSync('sh', ['-c', 'echo 0 > "$0"', procs], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`a process cannot enter it: ${stderr.trim()}`);
    } finally {
      tryRemove(probe);
    }
    return place;
  } catch (error) {
    closePlace(place);
    throw error;
  }
}

function closePlace({ folder, switchedOn }: Place): void {
  if (switchedOn) switchOff(folder, 'cpu');
}

/** Lets the groups of a folder use a controller (version 2). True where that had not been so. */
export function switchOn(folder: string, controller: string): boolean {
  const file = path.join(folder, 'cgroup.subtree_control');
  if (readFileSync(file, 'latin1').trim().split(' ').includes(controller)) return false;
  put(file, `+${controller}`);
  return true;
}

/** Takes {@link switchOn} back. It may be refused where somebody else has come to use the controller, and then stays. */
export function switchOff(folder: string, controller: string): void {
  try {
    put(path.join(folder, 'cgroup.subtree_control'), `-${controller}`);
  } catch {
    // As said above.
  }
}

function makeGroup({ version, folder }: Place, component: string, processors: number): CpuGroup {
  const own = path.join(folder, `meshbench-${process.pid}-${startOf(process.pid)}-${component}`);
  makeFolder(own);
  try {
    const quota = Math.round(processors * PERIOD_US);
    if (version === 1) {
      put(path.join(own, 'cpu.cfs_period_us'), String(PERIOD_US));
      put(path.join(own, 'cpu.cfs_quota_us'), String(quota));
    } else {
      put(path.join(own, 'cpu.max'), `${quota} ${PERIOD_US}`);
    }
  } catch (error) {
    tryRemove(own);
    throw error;
  }
  return { folder: own, procs: path.join(own, 'cgroup.procs'), stat: path.join(own, 'cpu.stat') };
}

/** It is there already where a component left processes behind and is started again. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** The kernel's files are there or not: one that is missing must not look like one that may not be made. */
function put(file: string, value: string): void {
  writeFileSync(file, value, { flag: 'r+' });
}

/** False where processes are still in it. */
function tryRemove(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

function tryList(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
