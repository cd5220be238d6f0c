import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Where the kernel's cpu controller can be reached by this process. */
export interface CpuHierarchy {
  readonly version: 1 | 2;
  /** Folders in which a group could be made: this process's own group first, then those around it. */
  readonly folders: readonly string[];
}

interface Mount {
  readonly kind: string;
  /** The group that is seen at the mount point; not `/` in a container without a cgroup namespace. */
  readonly root: string;
  readonly point: string;
  readonly options: readonly string[];
}

/**
 * Reads /proc/self/mountinfo and /proc/self/cgroup; see proc(5) and cgroups(7). A controller is in one hierarchy only: in
 * one of version 1 that names it, else in that of version 2. Undefined where that hierarchy is not mounted.
 */
export function cpuHierarchy(mountinfo: string, cgroup: string): CpuHierarchy | undefined {
  const mounts = mountinfo.split('\n').flatMap(parseMount);
  const groups = [...cgroup.matchAll(/^\d+:([^:]*):(.+)$/gmu)].map(([, controllers = '', group = '/']) => {
    return { controllers: controllers.split(','), group };
  });
  const first = groups.find(({ controllers }) => controllers.includes('cpu'));
  const second = groups.find(({ controllers }) => controllers[0] === '');
  const mount = mounts.find(({ kind, options }) =>
    first === undefined ? kind === 'cgroup2' : kind === 'cgroup' && options.includes('cpu'),
  );
  const own = (first ?? second)?.group;
  if (mount === undefined || own === undefined) return undefined;
  return { version: first === undefined ? 2 : 1, folders: upwards(mount.point, ownFolder(mount, own)) };
}

/** The hierarchy of a process, with the folders of its group as they are seen from here. @throws Error where there is no such process. */
export function cpuHierarchyOf(pid: number | 'self'): CpuHierarchy | undefined {
  return cpuHierarchy(readFileSync('/proc/self/mountinfo', 'utf8'), readFileSync(`/proc/${pid}/cgroup`, 'utf8'));
}

function parseMount(line: string): readonly Mount[] {
  const [left = '', right] = line.split(' - ');
  if (right === undefined) return [];
  const [, , , root = '/', point = '/'] = left.split(' ').map(unescapeOctal);
  const [kind = '', , options = ''] = right.split(' ');
  return [{ kind, root, point, options: options.split(',') }];
}

/** Spaces and the like are written as `\040`. */
function unescapeOctal(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/gu, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** A group that the mount does not show, above a namespace or beside a container's, counts as what it does show. */
function ownFolder({ root, point }: Mount, group: string): string {
  const isAbove = group.split('/').includes('..');
  const below = path.relative(root, group);
  return isAbove || below.startsWith('..') ? point : path.join(point, below);
}

function upwards(top: string, from: string): readonly string[] {
  return from === top ? [top] : [from, ...upwards(top, path.dirname(from))];
}
