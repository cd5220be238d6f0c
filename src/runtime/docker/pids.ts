import { readdirSync, readFileSync } from 'node:fs';

/** The id here of a process that its container's init, by its id here, knows by `inner`; undefined where it cannot be seen. */
export function pidHere(init: number, inner: number): number | undefined {
  if (innerPid(init) !== 1) return undefined;
  return childrenOf(init).find((child) => innerPid(child) === inner);
}

/** True where the init of a container can be seen from here by the id that Docker tells: its control group has the container's name. */
export function isVisible(init: number, container: string): boolean {
  return innerPid(init) === 1 && read(`/proc/${init}/cgroup`).includes(container);
}

/** Docker's own processes that serve a run: the daemons, and the one beside each container. */
export function enginePids(inits: readonly number[]): readonly number[] {
  const shims = inits.flatMap((init) => parentOf(init) ?? []);
  const daemons = readdirSync('/proc')
    .filter((entry) => /^\d+$/u.test(entry) && ['dockerd', 'containerd'].includes(read(`/proc/${entry}/comm`)))
    .map(Number);
  return [...new Set([...daemons, ...shims])];
}

function childrenOf(pid: number): readonly number[] {
  return read(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter((text) => text !== '')
    .map(Number);
}

/** Its id in the innermost PID namespace that it is in. */
function innerPid(pid: number): number | undefined {
  const ids = /^NSpid:\s+(.+)$/mu.exec(read(`/proc/${pid}/status`))?.[1]?.split(/\s+/u) ?? [];
  return ids.length < 2 ? undefined : Number(ids.at(-1));
}

function parentOf(pid: number): number | undefined {
  const parent = /^PPid:\s+(\d+)$/mu.exec(read(`/proc/${pid}/status`))?.[1];
  return parent === undefined || parent === '0' || parent === '1' ? undefined : Number(parent);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1').trim();
  } catch {
    return '';
  }
}
