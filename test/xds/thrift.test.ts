import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { changeOf, type IstioObject, serviceEntry } from '../../src/services/index.ts';
import { Catalogue } from '../../src/xds/catalogue.ts';
import { compareStates, decodeAny } from '../../src/xds/compare.ts';
import type { ResourceMap } from '../../src/xds/resources.ts';
import { clusterOf, NODE } from './support.ts';

const SERVER = serviceEntry('server', 'default', { port: 8080, addresses: ['198.18.0.11'], protocol: 'THRIFT' });
const OBJECTS: readonly IstioObject[] = [
  SERVER,
  serviceEntry('web', 'default', { port: 80, addresses: ['198.19.0.1'] }),
];
const BAD = changeOf('bad-route', {
  generated: [],
  entries: [SERVER],
  called: { name: 'server', namespace: 'default' },
  times: 0,
});

function catalogue(routes: 'listener' | 'trds'): Catalogue {
  return new Catalogue(OBJECTS, { thrift: { transport: 'HEADER', protocol: 'COMPACT', routes } });
}

function json(map: ResourceMap, name: string): string {
  const found = map.get(name);
  assert.ok(found !== undefined, name);
  return JSON.stringify(decodeAny(found));
}

describe('services that speak Thrift', () => {
  test('have a listener of their own kind beside those of HTTP, and clusters that speak it', () => {
    const { listener, route, cluster } = catalogue('listener').snapshotFor(NODE);
    assert.match(json(listener, '0.0.0.0_8080'), /thrift_proxy/u);
    assert.match(json(listener, '0.0.0.0_8080'), /outbound\|8080\|\|server/u);
    assert.match(json(listener, '0.0.0.0_80'), /http_connection_manager/u);
    assert.deepEqual([...route.keys()], ['80']);
    assert.match(json(cluster, clusterOf('server', 8080)), /ThriftProtocolOptions/u);
    assert.doesNotMatch(json(cluster, clusterOf('web', 80)), /Thrift/u);
  });

  for (const [routes, kind] of [
    ['listener', 'listener'],
    ['trds', 'thriftRoute'],
  ] as const) {
    test(`${routes}: a route that changes is another ${kind}, and nothing else`, () => {
      const before = catalogue(routes);
      const { resources } = compareStates([[before.snapshotFor(NODE), before.with(BAD).snapshotFor(NODE)]]);
      assert.deepEqual(
        resources.map((one) => [one.kind, one.change]),
        [[kind, 'changed']],
      );
      assert.match(resources[0]?.fields[0]?.after ?? '', /server-typo/u);
    });
  }
});
