import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { Crowd } from '../../src/crowd/index.ts';
import { monotonicNow } from '../../src/metrics/index.ts';
import { changeOf, generateServices } from '../../src/services/index.ts';
import { ControlPlane } from '../../src/xds/index.ts';
import { count } from '../support/counts.ts';
import { until } from '../support/processes.ts';

const MEMBERS = count(60, 500);
const SPEC = { count: 20, endpoints: 2, ports: 'own', firstPort: 20_000, rules: 0, seed: 1 } as const;

function sockets(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;
}

for (const dialect of ['delta', 'sotw'] as const) {
  test(`${dialect}: every member of a crowd has a socket of its own, and hears of what changes and of nothing else`, async () => {
    const objects = generateServices(SPEC);
    await using plane = await ControlPlane.listen({
      objects,
      address: '127.0.0.1',
      port: 0,
      expected: [],
      clock: monotonicNow,
    });
    const before = sockets();
    const server = `127.0.0.1:${plane.port}`;
    using _crowd = await Crowd.join({ server, members: MEMBERS, dialect, namespace: 'default', app: 'crowd' });
    // Those of the crowd before this one may still be closing.
    if (dialect === 'delta') assert.equal(sockets() - before, 2 * MEMBERS, 'both ends of each are in this process');
    const called = { name: 'nobody', namespace: 'default' };
    const pushed = await plane.push(
      changeOf('endpoint', { generated: plane.serviceEntries(), entries: [], called, times: 3 }),
    );
    assert.equal(pushed.propagationNs.filter((time) => time !== null).length, MEMBERS);
    assert.ok(
      pushed.bytes.every((bytes) => bytes > 100 && bytes < 1000),
      `${Math.max(...pushed.bytes)} bytes`,
    );
    const traffic = plane.traffic();
    assert.equal(traffic.length, MEMBERS);
    // A cluster, endpoints, a listener and a route for each service, two fixed clusters, the listener of all, and the change.
    for (const { resources, refusals, acknowledged, responses } of traffic) {
      if (dialect === 'delta') assert.equal(resources, 4 * SPEC.count + 3 + 1);
      assert.deepEqual([refusals.length, acknowledged], [0, responses]);
    }
  });
}

test('a crowd whose control plane goes away asks the next one for everything, as sidecars do', async () => {
  const listen = (port: number): Promise<ControlPlane> =>
    ControlPlane.listen({
      objects: generateServices(SPEC),
      ...{ address: '127.0.0.1', port, expected: [], clock: monotonicNow },
    });
  const first = await listen(0);
  const { port } = first;
  using crowd = await Crowd.join({
    ...{ server: `127.0.0.1:${port}`, members: 5, dialect: 'delta', namespace: 'default', app: 'crowd' },
  });
  const before = crowd.figures();
  assert.deepEqual([before.memberNs.length, before.lost], [5, 0]);
  assert.ok(before.wholeNs >= Math.max(...before.memberNs));
  await first[Symbol.asyncDispose]();
  await using second = await listen(port);
  await until(
    'all of them are back',
    20,
    () => second.traffic().filter(({ resources }) => resources > 80).length === 5,
  );
  const { lost, bytes } = crowd.figures();
  assert.ok(lost >= 5 && bytes >= 1.5 * before.bytes, `${lost} lost, ${bytes} B`);
});
