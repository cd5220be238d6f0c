import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
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
