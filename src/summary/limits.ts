import type { VariantSummary } from './summary.ts';

/** Processors that each sidecar of a variant may use, by its settings; undefined where there is no limit. */
export function cpuLimitOf({ settings }: Pick<VariantSummary, 'settings'>): number | undefined {
  const limit = ['mesh', 'envoy', 'cpuLimit'].reduce<unknown>(
    (parent, key) => (isRecord(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined),
    settings,
  );
  return typeof limit === 'number' ? limit : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
