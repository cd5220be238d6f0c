import { nanos } from '../units/index.ts';
import { componentsOf, controlPlaneProcesses } from './components.ts';
import { type EventSpec, endOf, MOST_PUSHES, type PushEvent } from './event-schema.ts';
import type { Path } from './finding.ts';
import type { Breach, Rule } from './rule.ts';
import type { ControlPlaneSettings, Settings, Workload } from './scenario.ts';
import { spanProblems } from './spans.ts';
import { closest } from './suggest.ts';

/** What decides which components there are. */
const COMPONENTS = [
  'topology',
  'controlPlane.kind',
  'controlPlane.eds',
  'controlPlane.sidecars',
  'mesh.preset',
  'mesh.outbound',
  'mesh.inbound',
] as const;

/** What cannot be done to the components of a variant, or not then. */
export const EVENT_RULES: readonly Rule[] = [
  {
    rule: 'event-spans',
    reads: ['events', 'load.duration', 'controlPlane.kind', 'controlPlane.eds'],
    problems: eventSpans,
  },
  { rule: 'event-targets', reads: ['events', ...COMPONENTS], problems: eventTargets },
  {
    rule: 'pushes',
    reads: [
      'events',
      'services.count',
      'services.lazy',
      'services.called',
      'controlPlane.crowd',
      'controlPlane.namespaces',
      'controlPlane.clusters',
      ...COMPONENTS,
    ],
    problems: pushes,
  },
];

function eventSpans({ events, load, controlPlane }: Settings): readonly Breach[] {
  const spans = events.map((event) => ({ at: event.at, for: nanos(endOf(event) - event.at) }));
  const servers = tellers(controlPlane);
  const same = (one: number, other: number): boolean =>
    concernOf(events[one], servers) === concernOf(events[other], servers);
  return spanProblems(spans, load.duration, ['events'], same);
}

/** What happens to one component follows each other; and so do pushes, for which the control plane must be there. */
function concernOf(event: EventSpec | undefined, servers: readonly string[]): string | undefined {
  return event === undefined || event.kind === 'push' || servers.includes(event.target) ? servers[0] : event.target;
}

/** What tells sidecars, and can be killed: istiod alone of its three. */
function tellers(controlPlane: Settings['controlPlane']): readonly string[] {
  const all = controlPlaneProcesses(controlPlane);
  return controlPlane.kind === 'istiod' ? all.slice(0, 1) : all;
}

function eventTargets({ events, mesh, controlPlane }: Settings, workloads: readonly Workload[]): readonly Breach[] {
  const components = componentsOf(workloads, mesh, controlPlane);
  return events.flatMap((event, index): readonly Breach[] => {
    if (event.kind === 'push') return [];
    const at: readonly Path[] = [['events', index, event.kind]];
    if (!components.includes(event.target)) {
      const suggestion = closest(event.target, components);
      return [{ at, message: `names "${event.target}", but there is only ${components.join(', ')}`, suggestion }];
    }
    const comesBack = event.kind === 'pause' || tellers(controlPlane).includes(event.target);
    return comesBack ? [] : [{ at, message: 'can kill the control plane alone: others would not be started anew' }];
  });
}

function pushes(settings: Settings): readonly Breach[] {
  return settings.events.flatMap((event, index): readonly Breach[] => {
    const wrong = event.kind === 'push' ? wrongWithPush(event, settings) : undefined;
    return wrong === undefined ? [] : [{ at: [['events', index, wrong.field]], message: wrong.message }];
  });
}

interface Wrong {
  readonly field: keyof PushEvent | 'push';
  readonly message: string;
}

function wrongWithPush(event: PushEvent, { controlPlane, services }: Settings): Wrong | undefined {
  if (controlPlane.kind === 'none')
    return { field: 'push', message: 'needs controlPlane.kind: xds, since nothing else tells sidecars' };
  const ofIstiod = controlPlane.kind === 'istiod' ? wrongWithIstiod(event, { controlPlane, services }) : undefined;
  if (ofIstiod !== undefined) return ofIstiod;
  if (isOfServices(event) && services.count === 0)
    return { field: 'push', message: 'is of a service that is made up, and services.count is 0' };
  if (event.what === 'move' && services.lazy)
    return { field: 'push', message: 'needs services.lazy: false, or the sidecar would not be shown the new service' };
  if (event.what === 'reveal' && services.called !== 'hidden')
    return { field: 'push', message: 'needs services.called: hidden, or there is nothing to reveal' };
  const wrong = wrongWithGroups(event, controlPlane);
  if (wrong !== undefined) return wrong;
  return event.every === 0 ? undefined : wrongWithRepetition(event);
}

/** Light clients are not counted: nobody watches them. */
function wrongWithGroups(
  { groups, shares, by }: PushEvent,
  { sidecars, namespaces, clusters }: ControlPlaneSettings,
): Wrong | undefined {
  const setting = by === 'namespace' || by === 'cluster' ? (`${by}s` as const) : 'sidecars';
  const units = Math.min(sidecars, { sidecars, namespaces, clusters }[setting]);
  if (groups > units)
    return {
      field: shares === undefined ? 'groups' : 'shares',
      message: `cannot be more than controlPlane.${setting}, which is ${units}`,
    };
  const told = shares?.map((share) => Math.ceil(share * units - 1e-9)) ?? [];
  const idle = told.findIndex((end, index) => end === told[index - 1]);
  if (idle < 0) return undefined;
  return { field: 'shares', message: `tell nobody else in group ${idle + 1}: there are ${units} to tell` };
}

/** It decides by itself whom it tells when, and does not say when that was done. */
function wrongWithIstiod(
  event: PushEvent,
  { controlPlane, services }: Pick<Settings, 'controlPlane' | 'services'>,
): Wrong | undefined {
  const own = 'with istiod, which decides that by itself';
  if (controlPlane.crowd === 0)
    return {
      field: 'push',
      message: 'needs controlPlane.crowd: 1 with istiod, since light clients say when they were told',
    };
  if (services.lazy && isOfServices(event))
    return {
      field: 'push',
      message: 'needs services.lazy: false with istiod, or light clients would not be told of it',
    };
  if (event.shares !== undefined) return { field: 'shares', message: `must be left out ${own}` };
  if (event.groups > 1) return { field: 'groups', message: `must be 1 ${own}` };
  if (event.order !== 'make-before-break') return { field: 'order', message: `must be left out ${own}` };
  return event.late > 0 ? { field: 'late', message: `must be left out ${own}` } : undefined;
}

function wrongWithRepetition({ groups, every, for: length }: PushEvent): Wrong | undefined {
  const times = Math.ceil(length / every);
  if (times > MOST_PUSHES) return { field: 'every', message: `makes ${times} pushes; the limit is ${MOST_PUSHES}` };
  return groups === 1 ? undefined : { field: 'groups', message: 'is for a push that is not repeated' };
}

function isOfServices({ what }: PushEvent): boolean {
  return what === 'endpoint' || what === 'service';
}
