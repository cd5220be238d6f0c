import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type OutboundTrafficPolicy, serviceEntry, sidecarObject } from '../../src/services/index.ts';
import { Catalogue } from '../../src/xds/catalogue.ts';
import { decodeAny } from '../../src/xds/compare.ts';
import type { ResourceMap } from '../../src/xds/resources.ts';
import { Client, clusterOf, NODE } from './support.ts';

/** Three services, two of them on one port, of which a client is shown the first. */
const ENTRIES = [
  serviceEntry('shown', 'default', { port: 80, addresses: ['198.19.0.1'] }),
  serviceEntry('hidden', 'default', { port: 80, addresses: ['198.19.0.2'] }),
  serviceEntry('other', 'default', { port: 81, addresses: ['198.19.0.3'] }),
];
const SHOWN = clusterOf('shown', 80);
const HIDDEN = clusterOf('hidden', 80);

function catalogue(policy?: OutboundTrafficPolicy, onDemand = false): Catalogue {
  const sidecar = sidecarObject('client', ['shown.default.svc.cluster.local'], { policy });
  return new Catalogue([...ENTRIES, sidecar], { onDemand });
}

function json(map: ResourceMap, name: string): string {
  const found = map.get(name);
  assert.ok(found !== undefined, name);
  return JSON.stringify(decodeAny(found));
}

describe('requests for a service that is not shown', () => {
  const egressProxy = { host: 'central.default.svc.cluster.local', port: { number: 80 } };
  for (const [name, policy, route, connections] of [
    ['go to where they were going', undefined, /"allow_any".*"cluster":"PassthroughCluster"/u, 'PassthroughCluster'],
    ['are refused', { mode: 'REGISTRY_ONLY' }, /"block_all".*"direct_response":\{"status":502/u, 'BlackHoleCluster'],
    ['go to a proxy', { egressProxy }, /"allow_any".*"cluster":"outbound\|80\|\|central/u, 'PassthroughCluster'],
  ] as const) {
    test(`${name}, as its Sidecar says`, () => {
      const { route: routes, listener } = catalogue(policy).snapshotFor(NODE);
      assert.match(json(routes, '80'), route);
      const told = [...json(listener, 'virtualOutbound').matchAll(/"cluster":"(\w+)"/gu)].map(([, cluster]) => cluster);
      assert.deepEqual(told, ['BlackHoleCluster', connections]);
    });
  }

  test('wait on demand: there is a route to it, and its cluster for who asks for it by name', () => {
    const snapshot = catalogue(undefined, true).snapshotFor(NODE);
    assert.match(json(snapshot.route, '80'), /outbound\|80\|\|hidden/u);
    assert.match(json(snapshot.listener, '0.0.0.0_80'), /on_demand/u);
    assert.deepEqual([...snapshot.cluster.keys()], [SHOWN, 'BlackHoleCluster', 'PassthroughCluster']);
    const client = new Client(snapshot, 'delta');
    client.ask('cluster');
    client.acknowledge();
    client.look();
    client.ask('cluster', { names: ['*', HIDDEN, clusterOf('other', 81)] });
    assert.deepEqual(client.look(), [`cluster: ${HIDDEN} -${clusterOf('other', 81)}`]);
    client.acknowledge();
    client.ask('endpoint', { names: [HIDDEN] });
    assert.deepEqual(client.look(), [`endpoint: ${HIDDEN}`]);
  });

  test('a sidecar that comes back keeps what it has on demand', () => {
    const client = new Client(catalogue(undefined, true).snapshotFor(NODE), 'delta');
    client.ask('cluster', { known: new Map([[HIDDEN, 'x']]) });
    assert.deepEqual(client.told.at(-1)?.removed, []);
  });
});
