import type { RunRecord, Trial } from '../../src/record/index.ts';
import { DIRECT, syntheticRecord } from './record.ts';

export type Push = NonNullable<NonNullable<Trial['controlPlane']>['pushes']>[number];

/** To a group of four, which failed 90 of the 100 requests that its sidecars answered. */
export const PUSH: Push = {
  event: 0,
  what: 'bad-route',
  group: 0,
  groups: 4,
  rolledBack: false,
  intended: 1e9,
  actual: 1e9,
  sidecars: 2,
  encodeNs: 3e6,
  resources: 2,
  bytes: 1200,
  propagationNs: [4e6, 8e6],
  watched: { requests: 100, failed: 90 },
  difference: {
    resources: [
      {
        kind: 'route',
        name: '8080',
        change: 'changed',
        fields: [{ path: 'virtual_hosts[0].routes[0].route.cluster', before: 'good', after: 'bad' }],
      },
    ],
    more: 3,
  },
};
/** The roll-back of {@link PUSH}. */
export const BACK: Push = {
  ...PUSH,
  rolledBack: true,
  actual: 1.49e9,
  propagationNs: [5e6, 10e6],
  watched: null,
  difference: null,
};

/** A run of one variant, or of several alike, 500 requests a second for three seconds, in which a push failed 40 requests in half a second. */
export async function pushedRecord(
  pushes: readonly Push[],
  failedOverflow = 0,
  variants = [DIRECT],
): Promise<RunRecord> {
  const made = await syntheticRecord({ variants, blocks: 2, events: true });
  const failedAt = (intended: number): Trial['load']['failed'][number] => ({
    intended,
    released: intended,
    sent: intended,
    done: intended + 1e6,
    outcome: 'status',
    detail: '503',
    connection: 0,
  });
  const failed = [...Array.from({ length: 40 }, (_, index) => failedAt(1.01e9 + index * 1e7)), failedAt(2.5e9)];
  const trials = made.trials.map((trial) => ({
    ...trial,
    load: { ...trial.load, failed, failedOverflow },
    proxies: {
      'client.envoy': {
        counters: {
          'http.outbound_127.0.0.1_8080;.no_cluster': 12,
          'cluster.outbound|8080||a.upstream_cx_none_healthy': 1,
        },
      },
    },
    controlPlane: { prepared: { resources: 1, bytes: 1, encodeNs: 1 }, spent: {}, streams: [], pushes: [...pushes] },
  }));
  return { ...made, trials };
}
