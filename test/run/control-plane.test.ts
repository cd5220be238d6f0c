import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Mesh } from '../../src/mesh/index.ts';
import type { IstioObject } from '../../src/services/index.ts';
import { KNOWN_ENVOY_VERSIONS } from '../../src/setup/index.ts';
import { count, FULL } from '../support/counts.ts';
import { MeshPlace, REQUESTS, type Standing } from '../support/standing-mesh.ts';

const SERVICES = count(300, 5000);
/** Two fixed clusters, and the one of the control plane itself, which is in the file. */
const FIXED_CLUSTERS = 3;

let place: MeshPlace;
before(async () => {
  place = await MeshPlace.open();
});
after(() => place[Symbol.asyncDispose]());

function up(outbound: string, protocol: string, services: string): Promise<Standing> {
  const told = `controlPlane: { kind: xds, protocol: ${protocol} }\nservices: ${services}\n`;
  return place.up(`{ outbound: ${outbound} }`, undefined, told);
}

/** Requests for the server go to a host of another name, at its own address, by weight to two subsets of it. */
const GIVEN: readonly IstioObject[] = [
  {
    kind: 'ServiceEntry',
    metadata: { name: 'shop', namespace: 'default' },
    spec: {
      hosts: ['shop.default.svc.cluster.local'],
      ports: [{ number: 8080, name: 'http', protocol: 'HTTP' }],
      location: 'MESH_INTERNAL',
      resolution: 'STATIC',
      endpoints: [],
      workloadSelector: { labels: { app: 'shop' } },
    },
  },
  ...['v1', 'v2'].map(
    (version): IstioObject => ({
      kind: 'WorkloadEntry',
      metadata: { name: version, namespace: 'default' },
      spec: { address: '198.18.0.11', labels: { app: 'shop', version } },
    }),
  ),
  {
    kind: 'DestinationRule',
    metadata: { name: 'shop', namespace: 'default' },
    spec: {
      host: 'shop.default.svc.cluster.local',
      trafficPolicy: {
        loadBalancer: { simple: 'ROUND_ROBIN' },
        connectionPool: { tcp: { maxConnections: 64, connectTimeout: '1s' }, http: { http1MaxPendingRequests: 64 } },
      },
      subsets: [
        { name: 'v1', labels: { version: 'v1' } },
        {
          name: 'v2',
          labels: { version: 'v2' },
          trafficPolicy: {
            outlierDetection: {
              consecutive5xxErrors: 5,
              consecutiveGatewayErrors: 0,
              interval: '1s',
              minHealthPercent: 50,
            },
          },
        },
      ],
    },
  },
  {
    kind: 'VirtualService',
    metadata: { name: 'server', namespace: 'default' },
    spec: {
      hosts: ['server.default.svc.cluster.local'],
      http: [
        { match: [{ uri: { exact: '/none' } }], route: [{ destination: { host: 'none.default.svc.cluster.local' } }] },
        {
          route: [
            { destination: { host: 'shop.default.svc.cluster.local', subset: 'v1' }, weight: 2 },
            { destination: { host: 'shop.default.svc.cluster.local', subset: 'v2' }, weight: 1 },
          ],
        },
      ],
    },
  },
];

function withObjects(objects: readonly IstioObject[]): (mesh: Mesh) => Mesh {
  return (mesh) => ({
    ...mesh,
    hosts: mesh.hosts.map((host) => {
      const { controlPlane } = host;
      if (controlPlane === undefined) return host;
      return { ...host, controlPlane: { ...controlPlane, objects: [...controlPlane.objects, ...objects] } };
    }),
  });
}

async function configured(standing: Standing): Promise<{ readonly clusters: number; readonly listeners: number }> {
  const reading = await standing.deployment.configuration();
  const [stream] = reading?.streams ?? [];
  assert.deepEqual([reading?.streams.length, stream?.refusals], [1, []]);
  assert.ok((reading?.spent['client.envoy']?.rssBytes ?? 0) > 10e6);
  assert.ok((reading?.spent['control-plane.xds']?.cpuNs ?? 0) > 0);
  return {
    clusters: await standing.counter('client', 'cluster_manager.active_clusters'),
    listeners: await standing.counter('client', 'listener_manager.total_listeners_active'),
  };
}

describe('a sidecar that a control plane configures', () => {
  const ways: readonly (readonly [outbound: string, protocol: string, capture: number])[] = [
    ['redirect', 'delta', 1],
    ['listener', 'sotw', 0],
    ...(FULL
      ? ([
          ['redirect', 'sotw', 1],
          ['tproxy', 'delta', 1],
          ['listener', 'delta', 0],
        ] as const)
      : []),
  ];
  for (const [outbound, protocol, capture] of ways) {
    test(`${outbound}, ${protocol}: knows every service, refuses none, and leads requests to theirs`, async () => {
      await using standing = await up(outbound, protocol, `{ count: ${SERVICES} }`);
      assert.deepEqual(await standing.send(), { ok: REQUESTS });
      await standing.check(REQUESTS);
      assert.deepEqual(await configured(standing), {
        clusters: SERVICES + 1 + FIXED_CLUSTERS,
        listeners: SERVICES + 1 + capture,
      });
    });
  }

  for (const routes of ['listener', 'trds']) {
    test(`knows services of HTTP and of Thrift beside each other, Thrift routes by ${routes}, and refuses none`, async () => {
      await using standing = await place.up(
        '{ outbound: redirect }',
        undefined,
        `controlPlane: { kind: xds, thriftRoutes: ${routes} }\nservices: { count: ${SERVICES}, protocol: mixed, thriftShare: 40% }\n`,
      );
      assert.deepEqual(await standing.send(), { ok: REQUESTS });
      await standing.check(REQUESTS);
      assert.deepEqual(await configured(standing), {
        clusters: SERVICES + 1 + FIXED_CLUSTERS,
        listeners: SERVICES + 2,
      });
    });
  }

  test('with lazy loading knows those that it calls and a few others', async () => {
    await using standing = await up('redirect', 'delta', `{ count: ${SERVICES}, lazy: true, visible: 2 }`);
    assert.deepEqual(await standing.send(), { ok: REQUESTS });
    await standing.check(REQUESTS);
    assert.deepEqual(await configured(standing), { clusters: 3 + FIXED_CLUSTERS, listeners: 4 });
  });

  test('has one listener where all services share a port', async () => {
    await using standing = await up('redirect', 'delta', `{ count: ${SERVICES}, ports: shared }`);
    assert.deepEqual(await standing.send(), { ok: REQUESTS });
    assert.deepEqual(await configured(standing), { clusters: SERVICES + 1 + FIXED_CLUSTERS, listeners: 3 });
  });

  test('leads requests by objects that are given: weights, subsets, policies, workloads that a selector finds', async () => {
    await using standing = await place.up(
      '{ outbound: listener }',
      withObjects(GIVEN),
      'controlPlane: { kind: xds }\n',
    );
    assert.deepEqual(await standing.send(), { ok: REQUESTS });
    await standing.check(REQUESTS);
    const asked = (subset: string) =>
      standing.counter('client', `cluster.outbound|8080|${subset}|shop.default.svc.cluster.local;.upstream_rq_total`);
    const [one, two, whole] = [await asked('v1'), await asked('v2'), await asked('')];
    assert.deepEqual([one + two, whole], [REQUESTS, 0]);
    // A third of them: Envoy draws for each.
    assert.ok(two > REQUESTS / 6 && two < REQUESTS / 2, `${two} of ${REQUESTS}`);
    assert.deepEqual((await standing.deployment.configuration())?.streams[0]?.refusals, []);
  });

  test('knows its own where there are no others, and leads requests on when its control plane is killed', async () => {
    await using standing = await up('redirect', 'delta', '{ count: 0 }');
    assert.deepEqual(await configured(standing), { clusters: 1 + FIXED_CLUSTERS, listeners: 2 });
    const server = standing.deployment.processes.get('control-plane.xds');
    assert.ok(server !== undefined);
    await server.signal('SIGKILL');
    await server.exited;
    assert.deepEqual(await standing.send(), { ok: REQUESTS });
    await standing.check(REQUESTS);
  });
});

/** The latest of each minor version that set-up knows. */
const VERSIONS = [...new Map(KNOWN_ENVOY_VERSIONS.map((version) => [version.split('.')[1], version])).values()];

for (const version of FULL ? VERSIONS : []) {
  test(`Envoy ${version} refuses nothing, in either protocol and of any push`, async () => {
    await using own = await MeshPlace.open('sandbox', version);
    for (const protocol of ['delta', 'sotw']) {
      const told = `controlPlane: { kind: xds, protocol: ${protocol} }\nservices: { count: 300 }\n`;
      const load = 'load: { rate: 200/s, connections: 4, warmup: 0, duration: 3s }\n';
      const events = ['endpoint', 'service', 'route', 'bad-route'].map(
        (push, index) => `{ at: ${index * 600 + 100}ms, push: ${push}, watch: 200ms }`,
      );
      const trial = await own.trial(
        '{ outbound: redirect }',
        undefined,
        `${load}${told}events: [${events.join(', ')}]\n`,
      );
      const pushes = trial.controlPlane?.pushes ?? [];
      assert.deepEqual(
        pushes.map(({ what, rolledBack }) => `${what}${rolledBack ? ' back' : ''}`),
        ['endpoint', 'service', 'route', 'bad-route', 'bad-route back'],
      );
      assert.ok(pushes.every(({ propagationNs }) => propagationNs.every((time) => time !== null)));
      assert.deepEqual(
        trial.controlPlane?.streams.map(({ refusals }) => refusals),
        [[]],
      );
    }
  });
}
