import { readdirSync, readFileSync } from 'node:fs';
import { monotonicNow, TICK_NS } from '../../metrics/index.ts';

/** A task as /proc/<pid>/stat shows it. */
interface Task {
  readonly name: string;
  readonly parent: number;
  /** User and kernel time, ns, in steps of 10 ms. */
  readonly cpuNs: number;
  /** The processor that it ran on last. */
  readonly cpu: number;
}

/** Tasks that took less than this share of the processor are not worth a name. */
const NOTABLE = 0.02;
const MOST_NAMED = 3;

/** Watches who else uses processors: tasks that can be seen from here and that this process did not start. */
export class Bystanders {
  private readonly cpus: ReadonlySet<number>;
  private readonly from = monotonicNow();
  private readonly before = readTasks();

  constructor(cpus: readonly number[]) {
    this.cpus = new Set(cpus);
  }

  /** Who used these processors since the start, in words; undefined where nobody did that lived until now. */
  describe(): string | undefined {
    const span = monotonicNow() - this.from;
    const after = readTasks();
    const busy = [...after]
      .filter(([pid, { cpu }]) => this.cpus.has(cpu) && !isOurs(pid, after))
      .map(([pid, { name, cpuNs }]) => ({ name, pid, share: (cpuNs - (this.before.get(pid)?.cpuNs ?? 0)) / span }))
      .filter(({ share }) => share >= NOTABLE)
      .sort((one, other) => other.share - one.share)
      .slice(0, MOST_NAMED);
    if (busy.length === 0) return undefined;
    const named = busy.map(({ name, pid, share }) => `${name} (process ${pid}, ${(100 * share).toFixed(0)} %)`);
    return `on its processor ${[...this.cpus].join(',')} ran ${named.join(', ')}`;
  }
}

function isOurs(pid: number, tasks: ReadonlyMap<number, Task>): boolean {
  for (let at: number | undefined = pid; at !== undefined && at > 0; at = tasks.get(at)?.parent) {
    if (at === process.pid) return true;
  }
  return false;
}

function readTasks(): ReadonlyMap<number, Task> {
  const tasks = new Map<number, Task>();
  for (const entry of readdirSync('/proc')) {
    const task = /^\d+$/u.test(entry) ? readTask(entry) : undefined;
    if (task !== undefined) tasks.set(Number(entry), task);
  }
  return tasks;
}

/** Fields as proc_pid_stat(5) counts them: the name may hold anything but ends with the last bracket. */
function readTask(pid: string): Task | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const close = text.lastIndexOf(')');
    const fields = text.slice(close + 2).split(' ');
    const field = (number: number): number => Number(fields[number - 3]);
    return {
      name: text.slice(text.indexOf('(') + 1, close),
      parent: field(4),
      cpuNs: (field(14) + field(15)) * TICK_NS,
      cpu: field(39),
    };
  } catch {
    return undefined;
  }
}
