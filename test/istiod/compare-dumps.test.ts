import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareDumps } from '../../src/istiod/index.ts';

const cluster = (name: string, more: object = {}): object => ({ cluster: { name, type: 'EDS', ...more } });
const dump = (clusters: readonly object[]): string =>
  JSON.stringify({
    configs: [
      { '@type': 'type.googleapis.com/envoy.admin.v3.BootstrapConfigDump' },
      { '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump', dynamic_active_clusters: clusters },
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
        dynamic_listeners: [
          { name: '0.0.0.0_80', active_state: { listener: { name: '0.0.0.0_80' } } },
          { name: 'on its way', warming_state: { listener: { name: 'on its way' } } },
        ],
      },
    ],
  });

test('two dumps are compared resource by resource, and fields are counted over all of them', () => {
  const first = dump([cluster('a', { lb: [{ w: 1 }, { w: 2 }] }), cluster('b', { lb: [{ w: 1 }] }), cluster('c')]);
  const second = dump([cluster('a', { lb: [{ w: 3 }, { w: 4 }] }), cluster('b'), cluster('c'), cluster('d')]);
  const { cluster: clusters, listener, route } = compareDumps(first, second);
  assert.deepEqual(clusters, {
    same: 1,
    differing: 2,
    onlyFirst: [],
    onlySecond: ['d'],
    fields: [{ path: '.lb[].w', resources: 2, example: { name: 'a', first: '1', second: '3' } }],
  });
  assert.deepEqual([listener.same, listener.differing], [1, 0]);
  assert.deepEqual(route, { same: 0, differing: 0, onlyFirst: [], onlySecond: [], fields: [] });
});
