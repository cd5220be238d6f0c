import { formatDuration, type Nanos, nanos } from '../units/index.ts';
import { componentsOf } from './components.ts';
import type { Path } from './finding.ts';
import { CONTROL_PLANE_RULES } from './problems-control-plane.ts';
import { HTTP2_RULES } from './problems-http2.ts';
import { LOAD_RULES } from './problems-load.ts';
import { THRIFT_RULES } from './problems-thrift.ts';
import type { Breach, Problem, Rule } from './rule.ts';
import type { EventSpec, Settings, Workload } from './scenario.ts';
import { closest } from './suggest.ts';

export type { Problem };

/** What decides which sidecars there are. */
const DIRECTIONS = ['mesh.preset', 'mesh.outbound', 'mesh.inbound'] as const;
const RULES: readonly Rule[] = [
  ...THRIFT_RULES,
  ...HTTP2_RULES,
  ...CONTROL_PLANE_RULES,
  ...LOAD_RULES,
  { rule: 'stalls', reads: ['app.stalls', 'load.duration'], problems: stalls },
  { rule: 'event-spans', reads: ['events', 'load.duration'], problems: eventSpans },
  { rule: 'original-source', reads: ['mesh.originalSource', ...DIRECTIONS], problems: originalSource },
  { rule: 'conntrack', reads: ['mesh.conntrack', ...DIRECTIONS], problems: conntrack },
  { rule: 'mutual-tls', reads: ['mesh.tls', ...DIRECTIONS], problems: mutualTls },
  { rule: 'seccomp', reads: ['runtime.name', 'runtime.seccomp'], problems: ({ runtime }) => seccomp(runtime) },
  { rule: 'shared-network', reads: ['runtime.network', 'topology', ...DIRECTIONS], problems: sharedNetwork },
  { rule: 'event-targets', reads: ['events', 'topology', 'controlPlane.kind', ...DIRECTIONS], problems: eventTargets },
];

/**
 * What cannot be measured about the whole settings of one variant.
 * `unknown` names settings (`section.field`, or `topology`) whose values are not known: nothing is said that needs them.
 */
export function settingsProblems(
  settings: Settings,
  workloads: readonly Workload[],
  unknown: ReadonlySet<string> = new Set(),
): readonly Problem[] {
  return RULES.filter((rule) => !rule.reads.some((field) => unknown.has(field))).flatMap((rule) =>
    rule.problems(settings, workloads).map((breach) => ({ rule: rule.rule, ...breach })),
  );
}

interface Span {
  readonly at: Nanos;
  readonly for: Nanos;
}

function stalls({ app, load }: Settings): readonly Breach[] {
  return spanProblems(app.stalls, load.duration, ['app', 'stalls'], () => true);
}

function eventSpans({ events, load }: Settings): readonly Breach[] {
  const sameTarget = (one: number, other: number): boolean => events[one]?.pause === events[other]?.pause;
  return spanProblems(events, load.duration, ['events'], sameTarget);
}

function spanProblems(
  spans: readonly Span[],
  duration: Nanos,
  path: Path,
  concerns: (one: number, other: number) => boolean,
): readonly Breach[] {
  return spans.flatMap((span, index): Breach[] => {
    const at = [[...path, index]];
    const end = nanos(span.at + span.for);
    if (end > duration) {
      const times = `${formatDuration(end)} after the start of the measurement, which takes ${formatDuration(duration)}`;
      return [{ at, message: `ends ${times}` }];
    }
    const earlier = spans.find((other, place) => place < index && overlap(other, span) && concerns(place, index));
    if (earlier === undefined) return [];
    return [{ at, message: `overlaps the one that begins at ${formatDuration(earlier.at)}` }];
  });
}

function overlap(one: Span, other: Span): boolean {
  return one.at < other.at + other.for && other.at < one.at + one.for;
}

function originalSource({ mesh }: Settings): readonly Breach[] {
  if (!mesh.originalSource || mesh.inbound === 'tproxy') return [];
  const message = `needs inbound: tproxy, but inbound is ${mesh.inbound}`;
  return [{ at: [['mesh', 'originalSource']], message }];
}

function conntrack({ mesh }: Settings): readonly Breach[] {
  if (mesh.conntrack) return [];
  const at: readonly Path[] = [['mesh', 'conntrack']];
  const redirected = (['outbound', 'inbound'] as const).find((direction) => mesh[direction] === 'redirect');
  if (redirected !== undefined) {
    return [{ at, message: `cannot be false: ${redirected} is redirect, which is done by connection tracking` }];
  }
  if (mesh.outbound === 'tproxy' || mesh.inbound === 'tproxy') return [];
  return [{ at, message: 'is false, but no direction is tproxy: there are no packet rules that it could change' }];
}

function mutualTls({ mesh }: Settings): readonly Breach[] {
  if (mesh.tls === 'none') return [];
  const missing = (['outbound', 'inbound'] as const).find((direction) => mesh[direction] === 'none');
  if (missing === undefined) return [];
  return [{ at: [['mesh', 'tls']], message: `needs sidecars at both ends, but ${missing} is none` }];
}

function eventTargets({ events, mesh, controlPlane }: Settings, workloads: readonly Workload[]): readonly Breach[] {
  const components = componentsOf(workloads, mesh, controlPlane);
  return events.flatMap((event, index) => eventTarget(event, index, components));
}

function eventTarget(event: EventSpec, index: number, components: readonly string[]): readonly Breach[] {
  if (components.includes(event.pause)) return [];
  const at = [['events', index, 'pause']];
  const suggestion = closest(event.pause, components);
  return [{ at, message: `names "${event.pause}", but there is only ${components.join(', ')}`, suggestion }];
}

function seccomp({ name, seccomp: filtered }: Settings['runtime']): readonly Breach[] {
  if (filtered || name === 'docker') return [];
  return [
    { at: [['runtime', 'seccomp']], message: 'needs runtime.name: docker, since the sandbox has no such filter' },
  ];
}

/** Packet rules and listeners of one host would meet those of another. */
function sharedNetwork({ runtime, mesh }: Settings, workloads: readonly Workload[]): readonly Breach[] {
  if (runtime.network === 'own') return [];
  const at: readonly Path[] = [['runtime', 'network']];
  if (isByPacket(mesh.outbound) || isByPacket(mesh.inbound)) {
    return [{ at, message: 'cannot be shared where packets are led into sidecars' }];
  }
  const callers = workloads.filter(({ calls }) => calls.length > 0).length;
  if (mesh.outbound === 'none' || callers < 2) return [];
  return [{ at, message: 'cannot be shared where the sidecars of several callers listen on the same ports' }];
}

function isByPacket(way: Settings['mesh']['outbound']): boolean {
  return way === 'redirect' || way === 'tproxy';
}
