import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process as seen from outside every sandbox. */
export interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Every process of the machine. */
export function allProcesses(): Seen[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state === 'Z') return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
        return [{ pid: Number(name), parent: Number(parent), command }];
      } catch {
        return [];
      }
    });
}

/** A process's children, their children and so on. */
export function descendants(pid: number): Seen[] {
  const all = allProcesses();
  const found: Seen[] = [];
  const parents = new Set([pid]);
  for (let before = -1; before !== parents.size; ) {
    before = parents.size;
    for (const process of all) {
      if (!parents.has(process.parent) || parents.has(process.pid)) continue;
      parents.add(process.pid);
      found.push(process);
    }
  }
  return found;
}

const KINDS = ['net', 'mnt', 'pid'] as const;

/** The namespaces that some of the processes have and this one has not. */
export function foreignNamespaces(pids: readonly number[]): Set<string> {
  const own = new Set(namespaces(process.pid));
  return new Set(pids.flatMap(namespaces).filter((namespace) => !own.has(namespace)));
}

function namespaces(pid: number): string[] {
  return KINDS.flatMap((kind) => {
    try {
      return [readlinkSync(`/proc/${pid}/ns/${kind}`)];
    } catch {
      return [];
    }
  });
}

/** Processes that live in any of the namespaces. A namespace without one, and without a mount, is gone. */
export function livingIn(wanted: ReadonlySet<string>): Seen[] {
  return allProcesses().filter(({ pid }) => namespaces(pid).some((namespace) => wanted.has(namespace)));
}

/**
 * What a run could leave behind on the machine: mounts, interfaces, packet rules, shared memory, files below /run. Not
 * /tmp, where anybody may write: who asks what a run left there gives it a TMPDIR of its own, and looks into that.
 */
export function traces(): string[] {
  return [
    ...readFileSync('/proc/self/mounts', 'latin1').split('\n'),
    ...output('ip', '-o', 'link').replaceAll(/\d+: /gu, '').split('\n'),
    ...output('ip', 'netns').split('\n'),
    ...output('iptables-save')
      .split('\n')
      .filter((line) => line.startsWith('-A')),
    ...['/dev/shm', '/run', '/run/netns'].flatMap((folder) =>
      existsSync(folder) ? readdirSync(folder).map((name) => `${folder}/${name}`) : [],
    ),
  ].filter((line) => line !== '');
}

function output(command: string, ...args: string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'latin1', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

/** Polls until the condition holds. @throws Error with what was waited for. */
export async function until<T>(
  what: string,
  seconds: number,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await sleep(20);
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

/** Of one kind for one run. */
const MOST_KILLS = 4;
/** A run that lost something ends within this time, ms. */
const NOTICED = 5000;

/**
 * Kills a process, and the next of its kind where the run goes on: what a trial's end is about to remove anyway may be
 * killed without harm. Resolves when the run has ended, or when it was not to be ended in this way.
 * @param pick the process to kill; undefined as long as none is there
 */
export async function killUntilItEnds(
  what: string,
  ended: Promise<unknown>,
  pick: () => number | undefined,
  killed: (pid: number) => Promise<void> | void = () => {},
): Promise<void> {
  let over = false;
  const isOver = (): void => {
    over = true;
  };
  void ended.then(isOver, isOver);
  for (let attempt = 0; attempt < MOST_KILLS && !over; attempt += 1) {
    const pid = await until(what, 20, () => pick() ?? over);
    if (typeof pid === 'number') {
      kill(pid);
      await killed(pid);
    }
    await Promise.race([ended, sleep(NOTICED, undefined, { ref: false })]);
  }
}

/** Ends a process that is still there. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It may have ended by itself since it was looked for.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
