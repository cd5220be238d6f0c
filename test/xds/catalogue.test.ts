import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type IstioObject, serviceEntry, sidecarObject, type VirtualService } from '../../src/services/index.ts';
import { Catalogue } from '../../src/xds/catalogue.ts';
import { compareStates, decodeAny } from '../../src/xds/compare.ts';
import type { ResourceMap } from '../../src/xds/resources.ts';
import { clusterOf, entries, NODE } from './support.ts';

const HOST = 'a.default.svc.cluster.local';
const RULES: VirtualService = {
  kind: 'VirtualService',
  metadata: { name: 'a', namespace: 'default' },
  spec: {
    hosts: [HOST],
    http: [
      { name: 'cart', match: [{ uri: { prefix: '/cart' } }], route: [{ destination: { host: 'b' } }], timeout: '2s' },
      { route: [{ destination: { host: HOST } }] },
    ],
  },
};
const OBJECTS: readonly IstioObject[] = entries({ a: ['198.19.0.1'], b: ['198.19.0.2'] });

function json(map: ResourceMap, name: string): string {
  const found = map.get(name);
  assert.ok(found !== undefined, name);
  return JSON.stringify(decodeAny(found));
}

describe('a catalogue', () => {
  test('tells of endpoints alone, or of all else, where there are two servers', () => {
    const [others, endpoints] = (['others', 'endpoints'] as const).map((serves) =>
      new Catalogue(OBJECTS, { serves, eds: 'delta' }).snapshotFor(NODE),
    );
    assert.deepEqual([others?.endpoint.size, others?.cluster.size, others?.listener.size], [0, 4, 3]);
    assert.deepEqual([...(endpoints?.endpoint.keys() ?? [])], [clusterOf('a', 8000), clusterOf('b', 8001)]);
    assert.deepEqual([endpoints?.cluster.size, endpoints?.listener.size, endpoints?.route.size], [0, 0, 0]);
    assert.match(json(others?.cluster ?? new Map(), clusterOf('a', 8000)), /"DELTA_GRPC".*"eds-grpc"/u);
  });

  test('routes by the rules of a VirtualService, in their order', () => {
    const text = json(new Catalogue([...OBJECTS, RULES]).snapshotFor(NODE).route, '8000');
    const clusters = [...text.matchAll(/"cluster":"([^"]+)"/gu)].map(([, cluster]) => cluster);
    assert.deepEqual(clusters, ['outbound|8000||b', clusterOf('a', 8000), 'PassthroughCluster']);
    assert.match(text, /"prefix":"\/cart"/u);
  });

  test('binds listeners where a Sidecar object says', () => {
    const bound = new Catalogue([...OBJECTS, sidecarObject('client', ['*'], { bind: '198.18.0.9' })]);
    const { listener, cluster } = bound.snapshotFor({ ...NODE, mode: 'NONE' });
    assert.deepEqual([...listener.keys()], ['198.18.0.9_8000', '198.18.0.9_8001']);
    assert.match(json(listener, '198.18.0.9_8000'), /outbound_198\.18\.0\.9_8000;/u);
    assert.equal(cluster.size, 4, 'it shows every service');
  });

  test('that changed shares what did not change with the one before', () => {
    const before = new Catalogue(OBJECTS);
    const from = before.snapshotFor(NODE);
    const other = serviceEntry('b', 'default', { port: 8001, addresses: ['198.19.0.9'] });
    const to = before.with({ put: [other], remove: [] }).snapshotFor(NODE);
    assert.deepEqual(
      [
        to.cluster === from.cluster,
        to.listener === from.listener,
        to.route === from.route,
        to.endpoint === from.endpoint,
      ],
      [true, true, true, false],
    );
    assert.equal(to.endpoint.get(clusterOf('a', 8000)), from.endpoint.get(clusterOf('a', 8000)));
    assert.equal(before.snapshotFor(NODE), from, 'the one before is as it was');
  });

  test('tells what differs, resource by resource and field by field', () => {
    const before = new Catalogue(OBJECTS);
    const other = serviceEntry('b', 'default', { port: 8001, addresses: ['198.19.0.9'] });
    const after = before.with({ put: [other, RULES], remove: ['ServiceEntry/default/b'] });
    const { resources, more } = compareStates([[before.snapshotFor(NODE), after.snapshotFor(NODE)]]);
    assert.equal(more, 0);
    assert.deepEqual(
      resources.map(({ kind, name, change }) => `${change} ${kind} ${name}`),
      [`changed endpoint ${clusterOf('b', 8001)}`, 'changed route 8000'],
    );
    assert.deepEqual(resources[0]?.fields, [
      {
        path: 'endpoints[0].lb_endpoints[0].endpoint.address.socket_address.address',
        before: '198.19.0.2',
        after: '198.19.0.9',
      },
    ]);
  });

  test('tells of many changes a few, and how many more', () => {
    const before = new Catalogue([]);
    const many = Array.from({ length: 40 }, (_, index) =>
      serviceEntry(`s${index}`, 'default', { port: 9000 + index, addresses: [] }),
    );
    const after = before.with({ put: many, remove: [] });
    const { resources, more } = compareStates([[before.snapshotFor(NODE), after.snapshotFor(NODE)]]);
    assert.equal(resources.length + more, 4 * 40);
    assert.equal(resources.length, 20);
    assert.ok(resources.every(({ change }) => change === 'added'));
  });
});
