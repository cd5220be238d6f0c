import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { nanos } from '../units/index.ts';
import type { CpuCounters, MachineCounters, ProcessCounters, ThreadCounters } from './counters.ts';

/** /proc/stat counts in USER_HZ, which Linux fixes at 100 for user space on every architecture. */
export const TICK_NS = 10_000_000;
const PAGE_BYTES = 4096;

/** Reads the counters of one process again and again. Its files stay open, since opening costs more than reading. */
export interface ProcessReader {
  /**
   * Processor time of every thread and resident memory; undefined once the process has ended.
   * `switches` adds context switches, and looks for new threads; without it those fields are 0.
   */
  read(switches: boolean): ProcessCounters | undefined;
  /** Proportional and peak memory, in bytes: dear, since the kernel walks every page. */
  readMemory(): Pick<ProcessCounters, 'pssBytes' | 'peakBytes'>;
  close(): void;
}

/** Starts to read a process by its id in this PID namespace. */
export function openProcess(pid: number): ProcessReader {
  const threads = new Map<string, { readonly name: string; readonly fd: number }>();
  const statm = tryOpen(`/proc/${pid}/statm`);

  const refreshThreads = (): void => {
    for (const tid of readdirSync(`/proc/${pid}/task`)) {
      if (threads.has(tid)) continue;
      const fd = tryOpen(`/proc/${pid}/task/${tid}/schedstat`);
      const name = tryRead(`/proc/${pid}/task/${tid}/comm`)?.trim();
      if (fd !== undefined && name !== undefined) threads.set(tid, { name, fd });
    }
  };

  const readThreads = (withSwitches: boolean): Record<string, ThreadCounters> => {
    const read: Record<string, ThreadCounters> = {};
    for (const [tid, thread] of threads) {
      const times = readOpen(thread.fd);
      if (times === undefined) {
        closeSync(thread.fd);
        threads.delete(tid);
        continue;
      }
      const [run = '0', delay = '0'] = times.split(' ');
      const switches = withSwitches
        ? readSwitches(`/proc/${pid}/task/${tid}/status`)
        : { voluntary: 0, involuntary: 0 };
      read[tid] = {
        name: thread.name,
        run: nanos(Number(run)),
        delay: nanos(Number(delay)),
        voluntarySwitches: switches.voluntary,
        involuntarySwitches: switches.involuntary,
      };
    }
    return read;
  };

  return {
    read: (switches) => {
      try {
        if (switches || threads.size === 0) refreshThreads();
      } catch {
        return undefined;
      }
      const resident = statm === undefined ? undefined : readOpen(statm)?.split(' ')[1];
      if (resident === undefined) return undefined;
      return {
        threads: readThreads(switches),
        rssBytes: Number(resident) * PAGE_BYTES,
        pssBytes: null,
        peakBytes: null,
      };
    },
    readMemory: () => ({
      pssBytes: readKilobytes(`/proc/${pid}/smaps_rollup`, 'Pss'),
      peakBytes: readKilobytes(`/proc/${pid}/status`, 'VmHWM'),
    }),
    close: () => {
      if (statm !== undefined) closeSync(statm);
      for (const { fd } of threads.values()) closeSync(fd);
      threads.clear();
    },
  };
}

/** Counters of the whole machine. */
export function readMachine(): MachineCounters {
  return parseStat(readFileSync('/proc/stat', 'latin1'));
}

/** Parses /proc/stat; see proc(5). */
export function parseStat(text: string): MachineCounters {
  const cpus: Record<string, CpuCounters> = {};
  for (const match of text.matchAll(/^cpu(\d+) (.+)$/gmu)) {
    const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = (match[2] ?? '')
      .split(' ')
      .map((ticks) => Number(ticks) * TICK_NS);
    cpus[match[1] ?? ''] = {
      user: nanos(user),
      nice: nanos(nice),
      system: nanos(system),
      idle: nanos(idle),
      iowait: nanos(iowait),
      irq: nanos(irq),
      softirq: nanos(softirq),
      steal: nanos(steal),
    };
  }
  return { cpus, contextSwitches: Number(/^ctxt (\d+)$/mu.exec(text)?.[1] ?? 0) };
}

const scratch = Buffer.alloc(4096);

function readOpen(fd: number): string | undefined {
  try {
    return scratch.toString('latin1', 0, readSync(fd, scratch, 0, scratch.length, 0)).trimEnd();
  } catch {
    return undefined;
  }
}

function tryOpen(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function readKilobytes(path: string, field: string): number | null {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'mu').exec(tryRead(path) ?? '');
  return match?.[1] === undefined ? null : Number(match[1]) * 1024;
}

function readSwitches(path: string): { voluntary: number; involuntary: number } {
  const text = tryRead(path) ?? '';
  return {
    voluntary: Number(/^voluntary_ctxt_switches:\s+(\d+)$/mu.exec(text)?.[1] ?? 0),
    involuntary: Number(/^nonvoluntary_ctxt_switches:\s+(\d+)$/mu.exec(text)?.[1] ?? 0),
  };
}
