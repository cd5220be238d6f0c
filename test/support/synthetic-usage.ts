import type { Trial } from '../../src/record/schema.ts';
import type { Random } from '../../src/units/index.ts';
import { jitter, SECOND } from './synthetic-load.ts';

export interface UsageShape {
  readonly requests: number;
  readonly seconds: number;
  readonly noise: number;
  /** The hosts that have an Envoy. */
  readonly sidecars: readonly ('client' | 'server')[];
}

const COMPONENTS = {
  'client.load': { cpuNsPerRequest: 60_000, rssBytes: 70e6 },
  'server.app': { cpuNsPerRequest: 45_000, rssBytes: 55e6 },
  harness: { cpuNsPerRequest: 2000, rssBytes: 90e6 },
  'client.envoy': { cpuNsPerRequest: 80_000, rssBytes: 48e6 },
  'server.envoy': { cpuNsPerRequest: 76_000, rssBytes: 47e6 },
} as const;

type Components = Trial['usage']['components'];

/** What the runtime would have counted during a trial of this shape. */
export function syntheticUsage(shape: UsageShape, random: Random): Trial['usage'] {
  const { seconds, requests } = shape;
  const components = countComponents(shape, random);
  const used = Object.values(components).reduce((sum, { cpuNs }) => sum + cpuNs, 0);
  const busyNs = Math.round(used * 1.04);
  const onFirst = Math.round(busyNs * 0.45);
  return {
    windowNs: seconds * SECOND,
    components,
    machine: {
      cores: 2,
      busyNs,
      unattributedNs: busyNs - used,
      busyByCpuNs: { '0': onFirst, '1': busyNs - onFirst },
      softirqNs: Math.round(used * 0.1),
      stealNs: Math.round(seconds * SECOND * 0.001),
      stealByCpuNs: { '0': 0, '1': Math.round(seconds * SECOND * 0.001) },
      contextSwitches: requests * 4,
    },
    series: series(seconds, components, busyNs),
  };
}

function countComponents(shape: UsageShape, random: Random): Components {
  const counted = Object.entries(COMPONENTS)
    .filter(([name]) => !name.endsWith('.envoy') || shape.sidecars.some((host) => name === `${host}.envoy`))
    .map(([name, cost]) => [name, countComponent(name, cost, shape, random)] as const);
  return Object.fromEntries(counted);
}

function countComponent(
  name: string,
  { cpuNsPerRequest, rssBytes }: { readonly cpuNsPerRequest: number; readonly rssBytes: number },
  { requests, noise }: UsageShape,
  random: Random,
): Components[string] {
  const cpuNs = Math.round(cpuNsPerRequest * requests * jitter(random, noise));
  const runDelayNs = Math.round(cpuNs * 0.02);
  const rss = Math.round(rssBytes * jitter(random, 0.005));
  return {
    cpuNs,
    runDelayNs,
    voluntarySwitches: requests,
    involuntarySwitches: 12,
    threads: [{ name: name.split('.').at(-1) ?? name, cpuNs, runDelayNs }],
    rssBytes: rss,
    pssBytes: Math.round(rss * 0.8),
    peakBytes: Math.round(rss * 1.05),
  };
}

function series(seconds: number, components: Components, busyNs: number): Trial['usage']['series'] {
  const each = Object.entries(components).map(
    ([name, { cpuNs, rssBytes }]) => [name, { cpuNs: cpuNs / seconds, rssBytes }] as const,
  );
  return Array.from({ length: seconds }, (_, second) => ({
    atNs: second * SECOND,
    spanNs: SECOND,
    components: Object.fromEntries(each),
    busyNs: busyNs / seconds,
    stealNs: SECOND * 0.001,
  }));
}
