import { counted, figure, listed } from './figure.ts';
import type { Summary, VariantSummary } from './summary.ts';

/** The axis over which the cost of services is drawn. */
export const SERVICES_AXIS = 'services.count';

/** The number of services at a variant's point of the matrix; undefined where that is no axis. */
export function servicesOf({ axes }: Pick<VariantSummary, 'axes'>): number | undefined {
  const label = axes[SERVICES_AXIS];
  return label === undefined ? undefined : Number(label);
}

/**
 * What the largest number of services costs the sidecars of each variant, in a sentence; undefined where the number of
 * services is no axis of the matrix, or nothing of it was measured.
 */
export function servicesAnswer({ variants, blocks }: Summary): string | undefined {
  const most = variants.reduce((largest, variant) => Math.max(largest, servicesOf(variant) ?? 0), 0);
  const told = variants.filter((variant) => servicesOf(variant) === most).flatMap(claim);
  if (most === 0 || told.length === 0) return undefined;
  return `With ${counted(most, 'service')} in the mesh a sidecar takes ${told.join('; ')}, medians of ${counted(blocks.measured, 'block')}.`;
}

function claim({ base, configuration }: VariantSummary): readonly string[] {
  const { readyNs = null, rssBytes = null, clusters = null } = configuration ?? {};
  if (readyNs === null || rssBytes === null) return [];
  const known = clusters === null ? '' : ` for ${counted(clusters, 'cluster')}`;
  return [`${listed([figure(rssBytes, 'B'), `${figure(readyNs, 'ns')} until ready`])}${known} (${base})`];
}
