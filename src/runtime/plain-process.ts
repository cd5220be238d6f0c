import type { ProcessSpec } from './runtime.ts';

/** A process on some processors, without anything special. */
export function plainProcess(name: string, argv: ProcessSpec['argv'], cpus: readonly number[]): ProcessSpec {
  return {
    name,
    argv,
    env: {},
    cpus,
    nice: 0,
    scheduling: 'normal',
    uid: undefined,
    netAdmin: false,
    cpuQuota: undefined,
  };
}
