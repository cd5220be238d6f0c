import type { Scenario } from '../scenario/index.ts';
import { BenchError } from '../units/index.ts';
import type { Placement } from './plan.ts';

/**
 * Divides the processors that this process may use. What the scenario lists it gets; of the rest the load takes the
 * first, harness and helpers the next where the system keeps two or more, the system all others. Where nothing is left for
 * the system it shares with the load.
 * Without a processor of their own the helpers share with the load. So does the harness, unless the system `goesFirst`, under
 * SCHED_RR: there the harness gives way to it, while the load would wait for the harness, a millisecond or two each second.
 * @throws BenchError preflight for a listed processor that may not be used.
 */
export function placeCpus(
  allowed: readonly number[],
  choice: Scenario['placement'],
  { goesFirst }: { readonly goesFirst: boolean },
): Placement {
  const usable = unique(allowed);
  const listed = [choice.load, choice.system].flatMap((cpus) => (cpus === 'auto' ? [] : cpus));
  const missing = unique(listed).filter((cpu) => !usable.includes(cpu));
  if (usable.length === 0 || missing.length > 0) throw unusable(missing, usable);

  const free = usable.filter((cpu) => !listed.includes(cpu));
  const load = choice.load === 'auto' ? take(free, 1, choice.system) : unique(choice.load);
  const keep = choice.system === 'auto' ? 2 : 0;
  const spare = free.length > keep ? free.splice(0, 1) : undefined;
  const system = choice.system === 'auto' ? free : unique(choice.system);
  const placed = system.length === 0 ? load : system;
  const shared = placed.some((cpu) => load.includes(cpu));
  return { load, harness: spare ?? (goesFirst ? placed : load), helpers: spare ?? load, system: placed, shared };
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
