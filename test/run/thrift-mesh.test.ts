import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { count } from '../support/counts.ts';
import { LOAD, MeshPlace, REQUESTS } from '../support/standing-mesh.ts';
import { FORMATS } from '../wire/thrift/support.ts';

const WAYS = ['listener', 'redirect', 'tproxy'] as const;
const CALLS = count(REQUESTS, 100_000);
/** With full counts as fast as our application and two sidecars hold it on one processor. */
const RATE = count(400, 2500);
const ALL = `load: { rate: ${RATE}/s, connections: 8, timeout: 5m, warmup: 0, duration: ${(CALLS / RATE) * 1000}ms }\n`;

/** A client on Apache's library, as a program. */
const HEADER_CALL = path.join(import.meta.dirname, '../support/library-header-call.js');

/** Envoy's Thrift proxies in their places, with the path and the counters of each trial checked as in a run. */
describe('Thrift through Envoy', () => {
  let place: MeshPlace;
  before(async () => {
    place = await MeshPlace.open();
  });
  after(() => place[Symbol.asyncDispose]());

  const thrift = (settings: string): string => `protocol: thrift\nthrift: { ${settings} }\n`;
  const same = <T>(mesh: T): T => mesh;

  for (const { transport, protocol } of FORMATS) {
    test(`${transport} ${protocol}, by both sidecars: ${CALLS} calls, each counted once at each`, async () => {
      const rest = thrift(`transport: ${transport}, protocol: ${protocol}, pipeline: 2`);
      const { load, proxies } = await place.trial('{ preset: istio }', same, ALL + rest);
      assert.deepEqual(load.outcomes, { ok: CALLS });
      for (const [host, direction] of [
        ['client', 'outbound'],
        ['server', 'inbound'],
      ] as const) {
        const counters = proxies[`${host}.envoy`]?.counters ?? {};
        assert.equal(counters[`thrift.${direction}.request_call`], CALLS);
        assert.equal(counters[`thrift.${direction}.response_success`], CALLS);
      }
    });
  }

  const ways =
    count(1, 3) === 1
      ? WAYS.map((way) => [way, way] as const)
      : WAYS.flatMap((out) => WAYS.map((into) => [out, into] as const));
  for (const [outbound, inbound] of ways) {
    test(`outbound ${outbound}, inbound ${inbound}, with the header transport between`, async () => {
      const { load } = await place.trial(
        `{ outbound: ${outbound}, inbound: ${inbound} }`,
        same,
        LOAD + thrift('between: header'),
      );
      assert.deepEqual(load.outcomes, { ok: REQUESTS });
    });
  }

  for (const way of WAYS) {
    test(`outbound alone, ${way}`, async () => {
      const { load } = await place.trial(`{ outbound: ${way} }`, same, LOAD + thrift('transport: framed'));
      assert.deepEqual(load.outcomes, { ok: REQUESTS });
    });
    test(`inbound alone, ${way}`, async () => {
      const { load } = await place.trial(`{ inbound: ${way} }`, same, LOAD + thrift('transport: framed'));
      assert.deepEqual(load.outcomes, { ok: REQUESTS });
    });
  }

  test('a multiplexed service, with headers, and replies in any order', async () => {
    const settings = thrift('transport: header, service: Echo, headers: { x-run: r1 }, pipeline: 4');
    const script = 'app: { delay: { uniform: [1ms, 5ms] } }\n';
    const { load } = await place.trial('{ preset: istio }', same, LOAD + settings + script);
    assert.deepEqual(load.outcomes, { ok: REQUESTS });
  });

  test('declared exceptions and oneways, with mTLS', async () => {
    const failed = await place.trial('{ preset: istio, tls: mutual }', same, LOAD + thrift('call: fail'));
    assert.deepEqual(failed.load.outcomes, { exception: REQUESTS });
    assert.equal(failed.proxies['client.envoy']?.counters['thrift.outbound.response_error'], REQUESTS);
    const notified = await place.trial('{ preset: istio, tls: mutual }', same, LOAD + thrift('call: notify'));
    assert.deepEqual(notified.load.outcomes, { ok: REQUESTS });
  });

  test('oneways that a sidecar has not read yet are waited for', async () => {
    await using standing = await place.up('{ outbound: listener }', same, thrift('call: notify'));
    const envoy = standing.deployment.processes.get('client.envoy');
    await envoy?.signal('SIGSTOP');
    const total = await standing.sendAll();
    assert.deepEqual(total.outcomes, { ok: REQUESTS }, 'the kernel took them');
    const agreed = standing.reconcile(total);
    await envoy?.signal('SIGCONT');
    await agreed;
  });

  for (const mesh of ['{ outbound: listener }', '{ preset: istio }']) {
    test(`a service that is gone is an exception of Envoy, with its reason, and counters still agree: ${mesh}`, async () => {
      await using standing = await place.up(mesh, same, thrift('transport: framed'));
      const app = standing.deployment.processes.get('server.app');
      assert.ok(app !== undefined);
      await app.signal('SIGKILL');
      await app.exited;
      const total = await standing.sendAll();
      const { ok, applicationException = 0, connection = 0 } = total.outcomes;
      assert.equal(ok, undefined);
      assert.equal(applicationException + connection, REQUESTS);
      assert.ok(applicationException > 0, JSON.stringify(total.outcomes));
      await standing.reconcile(total);
    });
  }

  for (const protocol of ['binary', 'compact'] as const) {
    test(`header ${protocol}: Envoy refuses what the library's own client sends, and takes it with the header that it leaves out`, async () => {
      const settings = thrift(`transport: header, protocol: ${protocol}`);
      await using standing = await place.up('{ outbound: listener }', same, settings);
      const { address, port } = standing.mesh.target;
      const call = (how: string): Promise<string> =>
        standing.ask('client', process.execPath, HEADER_CALL, address, String(port), protocol, how);
      assert.doesNotMatch(await call('plain'), /^\d+ bytes$/u);
      assert.equal(await standing.counter('client', 'thrift.outbound.request_decoding_error'), 1);
      assert.match(await call('mended'), /^\d+ bytes$/u);
      assert.equal(await standing.counter('client', 'thrift.outbound.response_success'), 1);
    });
  }
});
