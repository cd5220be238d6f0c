import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { initHistograms } from '../../src/metrics/index.ts';
import type { RunRecord, Trial } from '../../src/record/index.ts';
import { renderHtml, renderMarkdown } from '../../src/report/index.ts';
import { summarize } from '../../src/summary/index.ts';
import { DIRECT, syntheticRecord } from '../support/record.ts';

before(initHistograms);

type Push = NonNullable<NonNullable<Trial['controlPlane']>['pushes']>[number];

const PUSH: Push = {
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
const BACK: Push = {
  ...PUSH,
  rolledBack: true,
  actual: 1.49e9,
  propagationNs: [5e6, 10e6],
  watched: null,
  difference: null,
};

/** A run of one variant, 500 requests a second for three seconds, in which a push failed 40 requests in half a second. */
async function record(pushes: readonly Push[], failedOverflow = 0): Promise<RunRecord> {
  const made = await syntheticRecord({ variants: [DIRECT], blocks: 2, events: true });
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

describe('what was pushed', () => {
  test('is told with its propagation, what it sent to each, and whom it harmed', async () => {
    const [variant] = summarize(await record([PUSH, BACK])).variants;
    const { differences, ...pushes } = variant?.pushes ?? {};
    assert.deepEqual(pushes, {
      count: 2,
      rolledBack: 2,
      sidecars: 2,
      propagationNs: { p50: 5e6, p99: 10e6, max: 10e6 },
      resources: 1,
      bytes: 600,
      encodeNs: 3e6,
      // In each of two trials: half a second at 500 requests a second.
      harmed: { requests: 500, failed: 80 },
      unled: { noCluster: 24, noHealthyUpstream: 2 },
    });
    assert.deepEqual(differences, [{ what: 'bad-route', resources: PUSH.difference?.resources, more: 3 }]);
  });

  test('harms nobody knows how many where not all failures were kept, or nobody watched', async () => {
    for (const made of [await record([PUSH, BACK], 5), await record([{ ...PUSH, watched: null }])])
      assert.equal(summarize(made).variants[0]?.pushes?.harmed, null);
  });

  test('is left out where nothing was', async () => {
    assert.equal(summarize(await record([])).variants[0]?.pushes, undefined);
  });

  test('stands in the reports, field by field', async () => {
    const summary = summarize(await record([PUSH, BACK]));
    const html = await renderHtml(summary, { files: [], command: 'meshbench run canary-push' });
    for (const text of [html, renderMarkdown(summary)]) {
      assert.match(text, /80 of 500/u);
      assert.match(text, /route\.cluster/u);
      assert.match(text, /and 3 more/u);
    }
  });
});

describe('around events', () => {
  test('seconds are counted before, during and after them, and all requests are in one', async () => {
    const made = await syntheticRecord({ variants: [DIRECT], blocks: 2, events: true });
    const [variant] = summarize(made).variants;
    const phases = variant?.phases ?? [];
    assert.deepEqual(
      phases.map(({ phase }) => phase),
      ['before', 'during', 'after'],
    );
    const ended = made.trials.flatMap(({ load }) => load.intervals.flatMap(({ outcomes }) => Object.values(outcomes)));
    assert.equal(
      phases.reduce((sum, { requests }) => sum + requests, 0),
      ended.reduce((sum, count) => sum + count, 0),
    );
    for (const { requests, p50, p99 } of phases) assert.ok(requests === 0 || (p50 ?? 0) <= (p99 ?? 0));
  });

  test('nothing is said without them', async () => {
    assert.equal(summarize(await syntheticRecord({ blocks: 1 })).variants[0]?.phases, undefined);
  });
});
