import { clustersOf } from './envoy-clusters.ts';
import { dynamicBootstrap, dynamicCounters } from './envoy-dynamic.ts';
import { listenersOf } from './envoy-listeners.ts';
import type { Json, SidecarPlan } from './sidecar-plan.ts';

/** Counters that show whether requests really went through: kept per trial. With `stats: few` all others are not counted. */
export const COUNTER_PREFIXES: readonly string[] = [
  'http.outbound.downstream_',
  'http.inbound.downstream_',
  'thrift.outbound.',
  'thrift.inbound.',
  'cluster.service.',
  'cluster.inbound.',
  'cluster.collector.upstream_rq_',
  'cluster.passthrough.upstream_cx_total',
  'listener.',
  'server.',
];

/**
 * Envoy's bootstrap for a sidecar with a static configuration, after Envoy's own guide to benchmarking
 * (docs/root/faq/performance/how_to_benchmark_envoy.rst): no access log, no request ids, no dynamic stats, circuit
 * breakers out of reach and only those stats that a report needs, unless the scenario's telemetry asks for more.
 */
export function sidecarBootstrap(plan: SidecarPlan): Json {
  const { telemetry } = plan.mesh;
  const patterns = countersOf(plan).map((prefix) => ({ prefix }));
  return {
    admin: { address: { pipe: { path: plan.adminSocket, mode: 0o660 } } },
    ...(telemetry.stats === 'all' ? {} : { stats_config: { stats_matcher: { inclusion_list: { patterns } } } }),
    ...(plan.controlPlane === undefined
      ? {
          node: { id: plan.name, cluster: 'meshbench' },
          static_resources: { listeners: listenersOf(plan), clusters: clustersOf(plan) },
        }
      : dynamicBootstrap(plan, plan.controlPlane)),
  };
}

/** Counters of a sidecar that are kept per trial; with `stats: few` all others are not counted. */
export function countersOf(
  plan: Pick<SidecarPlan, 'mesh' | 'outbound' | 'inbound' | 'controlPlane' | 'bind'>,
): readonly string[] {
  return plan.controlPlane === undefined ? COUNTER_PREFIXES : dynamicCounters(plan);
}
