import type { Usage } from '../metrics/index.ts';
import { type ProcessSpec, plainProcess } from '../runtime/index.ts';

const NAME = 'awake';

/**
 * Loops that keep processors from sleeping: they run only where nothing else wants to (SCHED_IDLE), so that they take no
 * time from anybody, and waking a processor is no part of a latency.
 */
export function awakeProcesses(cpus: readonly number[]): readonly ProcessSpec[] {
  return cpus.map((cpu) => ({
    ...plainProcess(`${NAME}-${cpu}`, ['sh', '-c', 'while :; do :; done'], [cpu]),
    scheduling: 'idle',
  }));
}

/** Usage as if these loops had not run: what they took was idle time. */
export function withoutAwake(usage: Usage, host: string, cpus: readonly number[]): Usage {
  const taken = cpus.map((cpu) => ({ cpu, name: `${host}.${NAME}-${cpu}` }));
  const names = new Set(taken.map(({ name }) => name));
  const busyByCpuNs: Record<string, number> = { ...usage.machine.busyByCpuNs };
  let total = 0;
  for (const { cpu, name } of taken) {
    const { cpuNs = 0 } = usage.components[name] ?? {};
    busyByCpuNs[cpu] = (busyByCpuNs[cpu] ?? 0) - cpuNs;
    total += cpuNs;
  }
  return {
    ...usage,
    components: without(usage.components, names),
    machine: { ...usage.machine, busyNs: usage.machine.busyNs - total, busyByCpuNs },
    series: usage.series.map((point) => ({
      ...point,
      busyNs: point.busyNs - [...names].reduce((sum, name) => sum + (point.components[name]?.cpuNs ?? 0), 0),
      components: without(point.components, names),
    })),
  };
}

function without<T>(components: Readonly<Record<string, T>>, names: ReadonlySet<string>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(components).filter(([name]) => !names.has(name)));
}
