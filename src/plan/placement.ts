import type { Scenario } from '../scenario/index.ts';
import { BenchError } from '../units/index.ts';
import type { Placement } from './plan.ts';

/**
 * Divides the processors that this process may use. What the scenario lists it gets; of the rest the load takes the
 * first, the harness the next where the system keeps two or more (it shares with the load otherwise), the system all
 * others. Where nothing is left for the system it shares with the load.
 * @throws BenchError preflight for a listed processor that may not be used.
 */
export function placeCpus(allowed: readonly number[], choice: Scenario['placement']): Placement {
  const usable = unique(allowed);
  const listed = [choice.load, choice.system].flatMap((cpus) => (cpus === 'auto' ? [] : cpus));
  const missing = unique(listed).filter((cpu) => !usable.includes(cpu));
  if (usable.length === 0 || missing.length > 0) throw unusable(missing, usable);

  const free = usable.filter((cpu) => !listed.includes(cpu));
  const load = choice.load === 'auto' ? take(free, 1, choice.system) : unique(choice.load);
  const keep = choice.system === 'auto' ? 2 : 0;
  const harness = free.length > keep ? free.splice(0, 1) : load;
  const system = choice.system === 'auto' ? free : unique(choice.system);
  const placed = system.length === 0 ? load : system;
  return { load, harness, system: placed, shared: placed.some((cpu) => load.includes(cpu)) };
}

/** Takes from the free processors, or where there is none shares the ones of the other. */
function take(free: number[], count: number, other: Scenario['placement']['system']): readonly number[] {
  if (free.length > 0) return free.splice(0, count);
  return other === 'auto' ? [] : unique(other);
}

function unique(cpus: readonly number[]): readonly number[] {
  return [...new Set(cpus)].sort((one, other) => one - other);
}

function unusable(missing: readonly number[], usable: readonly number[]): BenchError {
  const message =
    usable.length === 0
      ? 'this process may use no processor'
      : `the scenario's placement names processor ${missing.join(', ')}; this process may use ${usable.join(', ')}`;
  return new BenchError('preflight', 'PLACEMENT', message, {
    hint: 'change placement in the scenario, or start it where these processors are allowed (taskset, cpuset)',
  });
}
