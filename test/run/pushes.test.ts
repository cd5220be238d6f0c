import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Trial } from '../../src/record/index.ts';
import { quantiles } from '../support/calm.ts';
import { MeshPlace } from '../support/standing-mesh.ts';

let place: MeshPlace;
before(async () => {
  place = await MeshPlace.open();
});
after(() => place[Symbol.asyncDispose]());

const LOAD = 'load: { rate: 400/s, connections: 8, warmup: 200ms, duration: ';

/** A trial behind sidecars that a control plane configures, with what happens meanwhile. */
function trial(seconds: number, told: string): Promise<Trial> {
  return place.trial('{ outbound: listener }', undefined, `${LOAD}${seconds}s }\n${told}`);
}

const failed = ({ load }: Trial): number => load.planned - (load.outcomes.ok ?? 0);
const pushesOf = ({ controlPlane }: Trial) => controlPlane?.pushes ?? [];
const actions = ({ timeline }: Trial): readonly string[] =>
  timeline.events.map(({ action, target }) => `${action} ${target}`);

describe('a bad route', () => {
  const told = (groups: number): string =>
    `controlPlane: { kind: xds, sidecars: 4 }\nevents: [{ at: 300ms, push: bad-route, groups: ${groups}, watch: 300ms }]\n`;

  test('that goes to one sidecar of four first harms its share of requests at most, and is taken back', async () => {
    const measured = await trial(2, told(4));
    assert.deepEqual(actions(measured), ['push bad-route to group 1 of 4', 'roll-back bad-route', 'pushed bad-route']);
    const [push, back, ...others] = pushesOf(measured);
    assert.ok(push !== undefined && back !== undefined && others.length === 0);
    assert.deepEqual([push.sidecars, push.rolledBack, back.sidecars, back.rolledBack], [1, false, 1, true]);
    assert.ok(failed(measured) > 0, 'it harms some');
    assert.ok((push.watched?.failed ?? 0) > 0, 'its sidecar says so');
    // Requests are dealt to sidecars in turn: a quarter of what was due, and what each of its two connections had under way.
    const seconds = (back.actual + Math.max(...back.propagationNs.map((time) => time ?? 0)) - push.actual) / 1e9;
    assert.ok(failed(measured) <= 0.25 * 400 * seconds + 3, `${failed(measured)} failed in ${seconds} s`);
    const [route] = push.difference?.resources ?? [];
    assert.deepEqual([route?.kind, route?.change], ['route', 'changed']);
    assert.deepEqual(
      route?.fields.map(({ path }) => path).filter((path) => path.endsWith('route.cluster')),
      ['virtual_hosts[0].routes[0].route.cluster'],
    );
    const { outcomes } = measured.load;
    assert.equal(
      (outcomes.ok ?? 0) + (outcomes.status ?? 0),
      measured.load.planned,
      'all failures are answers of Envoy',
    );
  });

  test('that goes to all at once harms them all until it is taken back', async () => {
    const measured = await trial(2, told(1));
    const [push, back] = pushesOf(measured);
    assert.ok(push !== undefined && back !== undefined);
    assert.deepEqual([push.sidecars, back.sidecars], [4, 4]);
    const [from, until] = [push.actual + Math.max(100e6, ...push.propagationNs.map((time) => time ?? 0)), back.actual];
    const meant = measured.load.failed.filter(({ intended }) => intended >= from && intended < until).length;
    const due = (400 * (until - from)) / 1e9;
    // What a machine released late may have come when the route was good again.
    const [late = 0] = quantiles(measured.load.histograms.releaseLag, 1);
    const most = 4 + (400 * late) / 1e9;
    assert.ok(meant >= due - most && meant <= due + most, `${meant} of ${due}`);
  });
});

test('a bad route that goes to one namespace first is taken back, and harms no other', async () => {
  const measured = await trial(
    1,
    'controlPlane: { kind: xds, sidecars: 3, namespaces: 2 }\nevents: [{ at: 200ms, push: bad-route, groups: 2, by: namespace, watch: 200ms }]\n',
  );
  assert.deepEqual(actions(measured), [
    'push bad-route to group 1 of 2 (namespace default)',
    'roll-back bad-route',
    'pushed bad-route',
  ]);
  assert.deepEqual(
    pushesOf(measured).map(({ sidecars }) => sidecars),
    [2, 2],
  );
  assert.ok(failed(measured) > 0);
  const answered = (host: string): number =>
    Object.entries(measured.proxies[host]?.counters ?? {})
      .filter(([name]) => /^http\.outbound_.*_8080;\.downstream_rq_5xx$/u.test(name))
      .reduce((sum, [, value]) => sum + value, 0);
  assert.deepEqual(
    [answered('client.envoy') > 0, answered('client-2.envoy'), answered('client-3.envoy') > 0],
    [true, 0, true],
  );
});

for (const routes of ['listener', 'trds']) {
  test(`Thrift, routes by ${routes}: a service that moves is followed, and a bad route is taken back`, async () => {
    const measured = await trial(
      3,
      `protocol: thrift\nthrift: { server: fast }\ncontrolPlane: { kind: xds, thriftRoutes: ${routes} }\nevents: [{ at: 300ms, push: move, watch: 300ms, abort: 100% }, { at: 1200ms, push: bad-route, watch: 300ms, abort: 0% }]\n`,
    );
    const [move, bad] = pushesOf(measured);
    assert.deepEqual([move?.what, bad?.what], ['move', 'bad-route']);
    assert.deepEqual(measured.controlPlane?.streams[0]?.refusals, []);
    const [asked = 0, before = 0] = ['server-again-0', 'server'].map(
      (name) =>
        measured.proxies['client.envoy']?.counters[
          `cluster.outbound|8080||${name}.default.svc.cluster.local.thrift.upstream_rq_call`
        ],
    );
    assert.ok(before > 0, 'it was asked before');
    // Connections that stand follow a route that is told by itself; those of a listener keep theirs until they are drained.
    if (routes === 'trds') {
      assert.ok(asked > 0, 'the moved service is asked');
      assert.ok((measured.load.outcomes.applicationException ?? 0) > 0, 'the bad route is felt');
    } else {
      assert.deepEqual([asked, failed(measured)], [0, 0]);
    }
  });
}

test('a good route goes from group to group, and harms nobody', async () => {
  const measured = await trial(
    2,
    'controlPlane: { kind: xds, sidecars: 2 }\nevents: [{ at: 200ms, push: route, groups: 2, watch: 200ms }]\n',
  );
  assert.equal(failed(measured), 0);
  assert.deepEqual(actions(measured), ['push route to group 1 of 2', 'push route to group 2 of 2', 'pushed route']);
  const [path] = pushesOf(measured)[0]?.difference?.resources[0]?.fields.map((field) => field.path) ?? [];
  assert.match(path ?? '', /route\.timeout/u);
});

test('services that come and go are acknowledged by the sidecar and a crowd, and no request fails', async () => {
  const measured = await trial(
    2,
    'services: { count: 20 }\ncontrolPlane: { kind: xds, crowd: 10 }\nevents: [{ at: 200ms, push: service, every: 200ms, for: 1s }]\n',
  );
  assert.equal(failed(measured), 0);
  const pushes = pushesOf(measured);
  assert.equal(pushes.length, 5);
  for (const { sidecars, propagationNs } of pushes) {
    assert.equal(sidecars, 11);
    assert.ok(propagationNs.every((time) => time !== null));
  }
  // Light clients are no sidecars of the mesh.
  assert.equal(measured.controlPlane?.streams.length, 1);
});

/** Of the requests of a trial, those that were led to the service that `move` leads them to. */
const moved = ({ proxies }: Trial): number =>
  proxies['client.envoy']?.counters[
    'cluster.outbound|8080||server-again-0.default.svc.cluster.local;.upstream_rq_total'
  ] ?? 0;

for (const protocol of ['delta', 'sotw']) {
  test(`${protocol}: endpoints from a server of their own are waited for, and it may be killed and come back`, async () => {
    const measured = await trial(
      5,
      `services: { count: 20 }\ncontrolPlane: { kind: xds, protocol: ${protocol}, eds: own }\nevents: [{ at: 200ms, push: move, watch: 300ms, abort: 100%, late: 300ms }, { at: 1s, kill: control-plane.eds, for: 300ms }, { at: 4s, push: endpoint, every: 100ms, for: 900ms }]\n`,
    );
    assert.deepEqual(actions(measured).slice(2, 4), ['kill control-plane.eds', 'start control-plane.eds']);
    const [move, ...others] = pushesOf(measured);
    assert.ok((move?.propagationNs[0] ?? 0) >= 300e6, 'acknowledged when its endpoints are');
    // Envoy acknowledges a cluster once it is warm, and its route is sent after that.
    assert.equal(failed(measured), 0);
    assert.ok(moved(measured) > 0, 'it is led on once they are there');
    // Each cluster has a stream, which comes back by itself after a random time: some are there again by then.
    assert.ok(others.some(({ propagationNs, bytes }) => propagationNs.every((time) => time !== null) && bytes > 0));
    assert.deepEqual(
      measured.controlPlane?.streams.flatMap(({ refusals }) => refusals),
      [],
    );
    for (const server of ['control-plane.xds', 'control-plane.eds'])
      assert.ok((measured.usage.components[server]?.cpuNs ?? 0) > 0, server);
  });
}

for (const protocol of ['delta', 'sotw']) {
  test(`${protocol}: a control plane that is killed and comes back is not felt by any request`, async () => {
    // Envoy asks again after a random time that grows with each attempt: up to 2 s after three.
    const measured = await trial(
      6,
      `services: { count: 50 }\ncontrolPlane: { kind: xds, protocol: ${protocol} }\nevents: [{ at: 500ms, kill: control-plane.xds, for: 500ms }]\n`,
    );
    assert.equal(failed(measured), 0);
    assert.deepEqual(actions(measured), ['kill control-plane.xds', 'start control-plane.xds']);
    const [first, second] = measured.controlPlane?.streams ?? [];
    assert.ok(first !== undefined && second !== undefined, 'the sidecar asked the one that came back');
    assert.deepEqual([first.refusals, second.refusals], [[], []]);
    // It has what it would be told: in delta it says so, and is told nothing of it.
    if (protocol === 'delta')
      assert.ok(second.resources < first.resources / 10, `${second.resources} of ${first.resources}`);
  });
}
