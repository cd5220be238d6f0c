import type { Path } from './finding.ts';
import { CONTROL_PLANE_RULES } from './problems-control-plane.ts';
import { EVENT_RULES } from './problems-events.ts';
import { HTTP2_RULES } from './problems-http2.ts';
import { LOAD_RULES } from './problems-load.ts';
import { THRIFT_RULES } from './problems-thrift.ts';
import type { Breach, Problem, Rule } from './rule.ts';
import type { Settings, Workload } from './scenario.ts';
import { spanProblems } from './spans.ts';

export type { Problem };

/** What decides which sidecars there are. */
const DIRECTIONS = ['mesh.preset', 'mesh.outbound', 'mesh.inbound'] as const;
const RULES: readonly Rule[] = [
  ...THRIFT_RULES,
  ...HTTP2_RULES,
  ...CONTROL_PLANE_RULES,
  ...LOAD_RULES,
  ...EVENT_RULES,
  { rule: 'stalls', reads: ['app.stalls', 'load.duration'], problems: stalls },
  { rule: 'original-source', reads: ['mesh.originalSource', ...DIRECTIONS], problems: originalSource },
  { rule: 'conntrack', reads: ['mesh.conntrack', ...DIRECTIONS], problems: conntrack },
  { rule: 'mutual-tls', reads: ['mesh.tls', ...DIRECTIONS], problems: mutualTls },
  { rule: 'seccomp', reads: ['runtime.name', 'runtime.seccomp'], problems: ({ runtime }) => seccomp(runtime) },
  { rule: 'shared-network', reads: ['runtime.network', 'topology', ...DIRECTIONS], problems: sharedNetwork },
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

function stalls({ app, load }: Settings): readonly Breach[] {
  return spanProblems(app.stalls, load.duration, ['app', 'stalls'], () => true);
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
