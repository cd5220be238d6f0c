import type { CpuCounters, ProcessCounters, UsageSample } from './counters.ts';
import { throttlingBetween } from './throttling.ts';
import type { ComponentUsage, ThreadUsage, Usage, UsagePoint } from './usage.ts';

/** Threads that used less than this are summed up as `others`. */
const WORTH_NAMING_NS = 1e6;

/**
 * Usage between the first and the last sample. Processes that are in both count; a component that was replaced
 * between them is the runtime's to keep under one name.
 * @throws RangeError with fewer than two samples.
 */
export function measureUsage(samples: readonly UsageSample[]): Usage {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || samples.length < 2) throw new RangeError('two samples are needed');
  const components: Record<string, ComponentUsage> = {};
  for (const [name, after] of Object.entries(last.processes)) {
    const before = first.processes[name];
    if (before !== undefined) components[name] = componentUsage(before, after);
  }
  const accounted = Object.values(components).reduce((sum, component) => sum + component.cpuNs, 0);
  return {
    windowNs: last.at - first.at,
    components,
    machine: machineUsage(first, last, accounted),
    series: samples.slice(1).map((sample, index) => usagePoint(samples[index] ?? first, sample, first.at)),
  };
}

/** The samples with the memory that was read later, of processes that were in the last of them. */
export function withMemory(samples: readonly UsageSample[], later: UsageSample | undefined): readonly UsageSample[] {
  const last = samples.at(-1);
  if (last === undefined || later === undefined) return samples;
  const processes = Object.entries(last.processes).map(([name, counters]) => {
    const { pssBytes = null, peakBytes = null } = later.processes[name] ?? {};
    return [name, { ...counters, pssBytes, peakBytes }] as const;
  });
  return [...samples.slice(0, -1), { ...last, processes: Object.fromEntries(processes) }];
}

function componentUsage(before: ProcessCounters, after: ProcessCounters): ComponentUsage {
  let cpuNs = 0;
  let runDelayNs: number | null = 0;
  let voluntarySwitches: number | null = 0;
  let involuntarySwitches: number | null = 0;
  const threads = new Map<string, ThreadUsage>();
  for (const [tid, thread] of Object.entries(after.threads)) {
    const was = before.threads[tid];
    const cpu = thread.run - (was?.run ?? 0);
    const delay = grown(thread.delay, was?.delay);
    cpuNs += cpu;
    runDelayNs = plus(runDelayNs, delay);
    voluntarySwitches = plus(voluntarySwitches, grown(thread.voluntarySwitches, was?.voluntarySwitches));
    involuntarySwitches = plus(involuntarySwitches, grown(thread.involuntarySwitches, was?.involuntarySwitches));
    if (delay === null) continue;
    const name = cpu >= WORTH_NAMING_NS ? thread.name : 'others';
    const sum = threads.get(name);
    threads.set(name, { name, cpuNs: (sum?.cpuNs ?? 0) + cpu, runDelayNs: (sum?.runDelayNs ?? 0) + delay });
  }
  const throttling = throttlingBetween(before.throttling, after.throttling);
  return {
    ...(after.source === undefined ? {} : { source: after.source }),
    cpuNs,
    runDelayNs,
    voluntarySwitches,
    involuntarySwitches,
    threads: [...threads.values()].sort((a, b) => b.cpuNs - a.cpuNs),
    rssBytes: after.rssBytes,
    pssBytes: after.pssBytes,
    peakBytes: after.peakBytes,
    ...(throttling === undefined ? {} : { throttling }),
  };
}

/** What a counter grew by since it was last read; null where it is not told. */
function grown(after: number | null, before: number | null | undefined): number | null {
  return after === null ? null : after - (before ?? 0);
}

function plus(sum: number | null, more: number | null): number | null {
  return sum === null || more === null ? null : sum + more;
}

function machineUsage(first: UsageSample, last: UsageSample, accountedNs: number): Usage['machine'] {
  const busyByCpuNs: Record<string, number> = {};
  const stealByCpuNs: Record<string, number> = {};
  let busyNs = 0;
  let softirqNs = 0;
  let stealNs = 0;
  for (const [cpu, after] of Object.entries(last.machine.cpus)) {
    const before = first.machine.cpus[cpu];
    if (before === undefined) continue;
    const busy = Math.max(0, last.at - first.at - (restingTime(after) - restingTime(before)));
    busyByCpuNs[cpu] = busy;
    busyNs += busy;
    softirqNs += after.softirq - before.softirq;
    stealByCpuNs[cpu] = after.steal - before.steal;
    stealNs += stealByCpuNs[cpu] ?? 0;
  }
  return {
    cores: Object.keys(busyByCpuNs).length,
    busyNs,
    unattributedNs: busyNs - accountedNs,
    busyByCpuNs,
    softirqNs,
    stealNs,
    stealByCpuNs,
    contextSwitches: last.machine.contextSwitches - first.machine.contextSwitches,
  };
}

/**
 * Time in which a processor did nothing, or was taken away. Kernels without a periodic tick account idle time by the
 * clock. The busy fields of /proc/stat are sampled at ticks instead, and a constant rate of requests that divides the
 * tick's period is always sampled at the same place: their sum can be wrong by half of the true value.
 */
function restingTime(cpu: CpuCounters): number {
  return cpu.idle + cpu.iowait + cpu.steal;
}

function usagePoint(before: UsageSample, after: UsageSample, start: number): UsagePoint {
  const components: Record<string, { cpuNs: number; rssBytes: number }> = {};
  for (const [name, process] of Object.entries(after.processes)) {
    const was = before.processes[name];
    if (was !== undefined) components[name] = { cpuNs: runTime(process) - runTime(was), rssBytes: process.rssBytes };
  }
  const machine = machineUsage(before, after, 0);
  return {
    atNs: before.at - start,
    spanNs: after.at - before.at,
    components,
    busyNs: machine.busyNs,
    stealNs: machine.stealNs,
  };
}

function runTime(process: ProcessCounters): number {
  return Object.values(process.threads).reduce((sum, thread) => sum + thread.run, 0);
}
