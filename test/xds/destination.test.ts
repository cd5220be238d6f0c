import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DestinationRule, IstioObject, ServiceEntry, WorkloadEntry } from '../../src/services/index.ts';
import { Catalogue } from '../../src/xds/catalogue.ts';
import { messageType } from '../../src/xds/definitions.ts';
import type { Kind } from '../../src/xds/types.ts';

const HOST = 'a.default.svc.cluster.local';
const NODE = {
  id: 'sidecar~198.18.0.10~client.default~default.svc.cluster.local',
  namespace: 'default',
  domain: 'default.svc.cluster.local',
  labels: {},
  mode: 'NONE',
  cluster: 'Kubernetes',
} as const;

const ENTRY: ServiceEntry = {
  kind: 'ServiceEntry',
  metadata: { name: 'a', namespace: 'default' },
  spec: {
    hosts: [HOST],
    ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
    location: 'MESH_INTERNAL',
    resolution: 'STATIC',
    endpoints: [
      { address: '198.19.0.1', labels: { version: 'v1' } },
      { address: '198.19.0.2', labels: { version: 'v2' }, weight: 3 },
    ],
  },
};
const RULE: DestinationRule = {
  kind: 'DestinationRule',
  metadata: { name: 'a', namespace: 'default' },
  spec: {
    host: HOST,
    trafficPolicy: {
      loadBalancer: { simple: 'ROUND_ROBIN' },
      connectionPool: { tcp: { maxConnections: 7, connectTimeout: '0.25s' } },
    },
    subsets: [
      { name: 'v1', labels: { version: 'v1' } },
      {
        name: 'v2',
        labels: { version: 'v2' },
        trafficPolicy: { outlierDetection: { consecutive5xxErrors: 3, baseEjectionTime: '30s' } },
      },
    ],
  },
};

/** A resource as Envoy decodes it. */
function decoded(objects: readonly IstioObject[], kind: Kind, name: string): Readonly<Record<string, unknown>> {
  const found = new Catalogue(objects).snapshotFor(NODE)[kind].get(name)?.resource;
  assert.ok(found !== undefined, `there is no ${kind} ${name}`);
  const type = messageType(found.type_url.replace('type.googleapis.com/', ''));
  return type.toObject(type.decode(found.value), { enums: String });
}

const addressesOf = (objects: readonly IstioObject[], name: string): readonly unknown[] => {
  const text = JSON.stringify(decoded(objects, 'endpoint', name));
  return [...text.matchAll(/"address":"([\d.]+)".*?"load_balancing_weight":\{"value":(\d+)/gu)].map((one) =>
    one.slice(1),
  );
};

describe('a DestinationRule', () => {
  test('gives a host its policy, and each subset a cluster of its own with the addresses that have its labels', () => {
    const names = [...new Catalogue([ENTRY, RULE]).snapshotFor(NODE).cluster.keys()].slice(0, 3);
    assert.deepEqual(names, [`outbound|80||${HOST}`, `outbound|80|v1|${HOST}`, `outbound|80|v2|${HOST}`]);
    assert.deepEqual(addressesOf([ENTRY, RULE], `outbound|80||${HOST}`), [
      ['198.19.0.1', '1'],
      ['198.19.0.2', '3'],
    ]);
    assert.deepEqual(addressesOf([ENTRY, RULE], `outbound|80|v2|${HOST}`), [['198.19.0.2', '3']]);
    const { lb_policy, connect_timeout, circuit_breakers } = decoded(
      [ENTRY, RULE],
      'cluster',
      `outbound|80|v2|${HOST}`,
    );
    assert.equal(lb_policy ?? 'ROUND_ROBIN', 'ROUND_ROBIN');
    assert.match(JSON.stringify(connect_timeout), /250000000/u);
    assert.match(JSON.stringify(circuit_breakers), /"max_connections":\{"value":7\}/u);
  });

  test('a subset adds to what the rule says of all, and what it leaves out stays as Istio has it', () => {
    const one = decoded([ENTRY, RULE], 'cluster', `outbound|80|v1|${HOST}`);
    assert.equal(one['outlier_detection'], undefined);
    const { outlier_detection: outlier } = decoded([ENTRY, RULE], 'cluster', `outbound|80|v2|${HOST}`);
    assert.match(
      JSON.stringify(outlier),
      /"consecutive_5xx":\{"value":3\}.*"enforcing_consecutive_5xx":\{"value":100\}/u,
    );
    assert.equal(decoded([ENTRY], 'cluster', `outbound|80||${HOST}`)['lb_policy'], 'LEAST_REQUEST');
  });

  test('that changes leaves resources of others the same, encoded once', () => {
    const other: ServiceEntry = {
      ...ENTRY,
      metadata: { ...ENTRY.metadata, name: 'b' },
      spec: { ...ENTRY.spec, hosts: ['b.default.svc.cluster.local'] },
    };
    const before = new Catalogue([ENTRY, other, RULE]);
    const from = before.snapshotFor(NODE);
    const to = before.with({ put: [{ ...RULE, spec: { host: HOST } }], remove: [] }).snapshotFor(NODE);
    assert.equal(to.cluster.has(`outbound|80|v1|${HOST}`), false);
    assert.equal(
      to.cluster.get('outbound|80||b.default.svc.cluster.local'),
      from.cluster.get('outbound|80||b.default.svc.cluster.local'),
    );
    assert.equal(to.listener, from.listener);
  });
});

describe('WorkloadEntries', () => {
  const workload = (name: string, address: string, app: string, namespace = 'default'): WorkloadEntry => ({
    kind: 'WorkloadEntry',
    metadata: { name, namespace },
    spec: { address, labels: { app } },
  });
  const { endpoints: _, ...rest } = ENTRY.spec;
  const selecting: ServiceEntry = {
    ...ENTRY,
    spec: { ...rest, endpoints: [], workloadSelector: { labels: { app: 'a' } } },
  };
  const all = [
    selecting,
    workload('one', '198.19.1.1', 'a'),
    workload('two', '198.19.1.2', 'b'),
    workload('elsewhere', '198.19.1.3', 'a', 'other'),
  ];

  test('serve the ServiceEntries of their namespace that select their labels', () => {
    assert.deepEqual(addressesOf(all, `outbound|80||${HOST}`), [['198.19.1.1', '1']]);
  });

  test('that come change the endpoints, and nothing else', () => {
    const before = new Catalogue(all);
    const from = before.snapshotFor(NODE);
    const to = before.with({ put: [workload('three', '198.19.1.4', 'a')], remove: [] }).snapshotFor(NODE);
    assert.equal(to.cluster, from.cluster);
    assert.equal(to.route, from.route);
    assert.notEqual(to.endpoint, from.endpoint);
  });
});
