import type { ConfigurationSummary, Summary } from '../../src/summary/index.ts';
import { OUTBOUND, summaryFixture, variantFixture } from './summary.ts';

/** What a sidecar takes that is told of so many services: `all` in steps, as a machine with two cores gave them. */
export function configuration(services: number, changes: Partial<ConfigurationSummary> = {}): ConfigurationSummary {
  const [readyNs, rssBytes] = [1e8 + services * 2e6, 60e6 + services * 90_000];
  return {
    readyNs,
    cpuSeconds: 0.05 + services / 500,
    rssBytes,
    clusters: services + 4,
    listeners: services + 2,
    resources: 4 * services + 8,
    bytes: 2000 * services,
    server: { cpuSeconds: 1, rssBytes: 120e6, encodeNs: 5e8 },
    perTrial: [0.9, 1, 1.1].map((factor) => ({ readyNs: factor * readyNs, rssBytes })),
    reasons: {},
    ...changes,
  };
}

/** `all` and `lazy` at some numbers of services, in three blocks: too few for a comparison. */
export function servicesSummary(counts: readonly number[], changes: Partial<ConfigurationSummary> = {}): Summary {
  const variants = counts.flatMap((count) =>
    ['all', 'lazy'].map((base) =>
      variantFixture(
        {
          ...OUTBOUND,
          ...{ name: `${base} services.count=${count}`, base, axes: { 'services.count': String(count) }, blocks: 3 },
        },
        { configuration: configuration(base === 'all' ? count : 2, changes) },
      ),
    ),
  );
  return summaryFixture({ variants, comparisons: [] });
}

/** With everything that is told of a control plane. */
export function istiodSummary(): Summary {
  const memberNs = { p50: 1.02e9, p99: 1.22e9, max: 1.53e9 };
  return servicesSummary([0, 500, 1000, 5000, 10_000], {
    crowd: { members: 200, wholeNs: 10.3e9, memberNs, lost: 3, bytes: 172e6 },
    istiod: {
      cpuSeconds: 15.2,
      rssBytes: 158e6,
      objects: 10_002,
      writtenNs: 14.2e9,
      readyNs: 12.6e9,
      pushes: 1234,
      pushNs: 5.55e7,
      contextNs: 1.22e8,
      debounces: 1002,
      debounceNs: 1.02e8,
      convergenceNs: 1.53e8,
      bytes: 162e6,
    },
  });
}
