import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { podsTable } from '../../src/report/tables/pods.ts';
import { DIRECT, OUTBOUND, summaryFixture, variantFixture } from '../support/summary.ts';

const used = (coreSeconds: number) => ({ coreSeconds, cpuMsPer1k: coreSeconds * 50, runDelaySeconds: 0 });
const held = (rssBytes: number) => ({ rssBytes, pssBytes: null, peakBytes: null });

describe('what a sidecar takes of its pod', () => {
  test('is its share of its own host alone, and none is told beside the load', () => {
    const base = variantFixture(OUTBOUND);
    const variant = {
      ...base,
      cpu: {
        ...base.cpu,
        components: {
          'client.load': used(4),
          'client.envoy': used(1),
          'server.envoy': used(1.5),
          'server.app': used(0.5),
          'server2.app': used(9),
          harness: used(1),
        },
      },
      memory: { components: { 'client.envoy': held(60e6), 'server.envoy': held(30e6), 'server.app': held(90e6) } },
    };
    const { rows } = podsTable(summaryFixture({ variants: [variantFixture(DIRECT), variant] }));
    const note = 'the other process of this pod is the load, which is no application';
    assert.deepEqual(rows, [
      [
        { text: 'outbound' },
        { text: 'client.envoy' },
        { text: '50.0 ms' },
        { text: '–', note },
        { text: '60.0 MB' },
        { text: '–', note },
      ],
      [
        { text: 'outbound' },
        { text: 'server.envoy' },
        { text: '75.0 ms' },
        { text: '75.0 %' },
        { text: '30.0 MB' },
        { text: '25.0 %' },
      ],
    ]);
  });

  test('has no row without a sidecar, and none where every sidecar stands beside the load', () => {
    assert.deepEqual(podsTable(summaryFixture({ variants: [variantFixture(DIRECT)] })).rows, []);
    assert.deepEqual(podsTable(summaryFixture({ variants: [variantFixture(OUTBOUND)] })).rows, []);
  });
});
