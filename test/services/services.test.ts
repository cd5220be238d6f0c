import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  generateServices,
  hostOf,
  type Sidecar,
  servicesOf,
  sidecarFor,
  sidecarObject,
  visibleServices,
} from '../../src/services/index.ts';

const SPEC = { count: 250, endpoints: 2, ports: 'own', firstPort: 20_000, rules: 0, seed: 7 } as const;

describe('services that are made up', () => {
  const services = servicesOf(generateServices(SPEC));

  test('are the same for the same seed, and have other addresses for another', () => {
    assert.deepEqual(generateServices(SPEC), generateServices(SPEC));
    assert.notDeepEqual(generateServices(SPEC), generateServices({ ...SPEC, seed: 8 }));
  });

  test('have a port of their own each, or share one', () => {
    assert.equal(new Set(services.map(({ port }) => port)).size, 250);
    assert.deepEqual([services[0]?.port, services[249]?.port], [20_000, 20_249]);
    const shared = servicesOf(generateServices({ ...SPEC, ports: 'shared' }));
    assert.deepEqual([...new Set(shared.map(({ port }) => port))], [80]);
  });

  test('speak Thrift by the share that is asked for, as the seed says, at the same addresses', () => {
    const mixed = servicesOf(generateServices({ ...SPEC, thriftShare: 0.25 }));
    const ofThrift = mixed.filter(({ protocol }) => protocol === 'THRIFT').map(({ host }) => host);
    assert.equal(ofThrift.length, 63);
    assert.deepEqual(
      mixed.map(({ endpoints }) => endpoints),
      services.map(({ endpoints }) => endpoints),
    );
    const others = servicesOf(generateServices({ ...SPEC, thriftShare: 0.25, seed: 8 }));
    assert.notDeepEqual(
      others.filter(({ protocol }) => protocol === 'THRIFT').map(({ host }) => host),
      ofThrift,
    );
    assert.ok(services.every(({ protocol }) => protocol === 'HTTP'));
    const all = servicesOf(generateServices({ ...SPEC, thriftShare: 1 }));
    assert.ok(all.every(({ protocol }) => protocol === 'THRIFT'));
  });

  test('have addresses of the range for benchmarks alone', () => {
    const addresses = services.flatMap(({ endpoints }) => endpoints.map(({ address }) => address));
    assert.equal(addresses.length, 500);
    for (const address of addresses) assert.match(address, /^198\.19\.\d{1,3}\.\d{1,3}$/u);
  });
});

describe('what a Sidecar shows', () => {
  const services = servicesOf(generateServices(SPEC));
  const sidecar = (hosts: readonly string[], namespace = 'team-1'): Sidecar => ({
    kind: 'Sidecar',
    metadata: { name: 'default', namespace },
    spec: { egress: [{ hosts }] },
  });
  const table: readonly (readonly [hosts: readonly string[], seen: number])[] = [
    [['*/*'], 250],
    [['./*'], 100],
    [['team-2/*'], 50],
    [['~/*'], 0],
    [['*/svc-3.team-0.svc.cluster.local'], 1],
    [['team-1/svc-3.team-0.svc.cluster.local'], 0],
    [['*/*.team-0.svc.cluster.local'], 100],
    [['./*', 'team-2/*', '*/svc-0.team-0.svc.cluster.local'], 151],
  ];
  for (const [hosts, seen] of table) {
    test(hosts.join(' '), () => assert.equal(visibleServices(services, sidecar(hosts)).length, seen));
  }

  test('without one everything', () => assert.equal(visibleServices(services, undefined).length, 250));
});

describe('which Sidecar holds for a proxy', () => {
  const own = sidecarObject('client', [hostOf('server', 'default')]);
  const namespaceWide: Sidecar = { ...own, metadata: { name: 'all', namespace: 'default' }, spec: { egress: [] } };
  const root: Sidecar = { ...namespaceWide, metadata: { name: 'root', namespace: 'istio-system' } };
  const all = [root, namespaceWide, own];
  const table: readonly (readonly [
    name: string,
    namespace: string,
    app: string,
    objects: typeof all,
    chosen: Sidecar | undefined,
  ])[] = [
    ['the one that selects it', 'default', 'client', all, own],
    ["its namespace's", 'default', 'other', all, namespaceWide],
    ['that of the root namespace', 'elsewhere', 'client', all, root],
    ['none', 'elsewhere', 'client', [namespaceWide, own], undefined],
  ];
  for (const [name, namespace, app, objects, chosen] of table) {
    test(name, () => assert.equal(sidecarFor({ namespace, labels: { app } }, objects, 'istio-system'), chosen));
  }
});
