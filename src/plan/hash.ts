import { createHash } from 'node:crypto';
import { describeKnee, describeSettings, type Scenario, type Settings } from '../scenario/index.ts';
import type { ReplayRequest, Variant } from './plan.ts';

/** SHA-256 in hexadecimal over what a run measures; see {@link Plan.hash}. */
export function hashPlan(
  scenario: Scenario,
  variants: readonly Variant[],
  agents: number,
  replay?: ReplayRequest,
): string {
  const measured = {
    // Variants name theirs where it is not HTTP; plans of before have it here.
    protocol: scenario.base.protocol,
    workloads: scenario.workloads,
    placement: scenario.placement,
    scheduling: scenario.scheduling,
    agents,
    replay,
    knee: scenario.knee && describeKnee(scenario.knee),
    variants: variants.map(({ name, base, axes, baseline, settings }) => ({
      name,
      base,
      axes,
      baseline,
      settings: describeSettings(settings),
      arrivals: arrivalsOf(settings),
      objects: objectsOf(settings),
    })),
  };
  return createHash('sha256').update(canonicalJson(measured)).digest('hex');
}

/** The instants of a replayed schedule: the settings hold no more than the name of their file. */
function arrivalsOf({ load }: Settings): string | undefined {
  const { schedule } = load;
  if (typeof schedule === 'string' || schedule.kind !== 'replay') return undefined;
  return createHash('sha256').update(schedule.instants.join('\n')).digest('hex');
}

/** The same of objects that are given. */
function objectsOf({ services: { objects } }: Settings): string | undefined {
  return objects.path === '' ? undefined : createHash('sha256').update(canonicalJson(objects.list)).digest('hex');
}

/** JSON without spaces and with sorted keys, so that equal data gives equal text. Leaves out undefined fields. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}
