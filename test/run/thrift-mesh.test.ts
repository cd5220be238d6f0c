import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { count } from '../support/counts.ts';
import { LOAD, MeshPlace, REQUESTS } from '../support/standing-mesh.ts';

const WAYS = ['listener', 'redirect', 'tproxy'] as const;
const FORMATS = (['framed', 'unframed', 'header'] as const).flatMap((transport) =>
  (['binary', 'compact'] as const).map((protocol) => ({ transport, protocol })),
);

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
    test(`${transport} ${protocol}, by both sidecars: every call is counted once at each`, async () => {
      const rest = thrift(`transport: ${transport}, protocol: ${protocol}, pipeline: 2`);
      const { load, proxies } = await place.trial('{ preset: istio }', same, LOAD + rest);
      assert.deepEqual(load.outcomes, { ok: REQUESTS });
      for (const [host, direction] of [
        ['client', 'outbound'],
        ['server', 'inbound'],
      ] as const) {
        const counters = proxies[`${host}.envoy`]?.counters ?? {};
        assert.equal(counters[`thrift.${direction}.request_call`], REQUESTS);
        assert.equal(counters[`thrift.${direction}.response_success`], REQUESTS);
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

  test('declared exceptions and oneways, with mTLS', async () => {
    const failed = await place.trial('{ preset: istio, tls: mutual }', same, LOAD + thrift('call: fail'));
    assert.deepEqual(failed.load.outcomes, { exception: REQUESTS });
    assert.equal(failed.proxies['client.envoy']?.counters['thrift.outbound.response_error'], REQUESTS);
    const notified = await place.trial('{ preset: istio, tls: mutual }', same, LOAD + thrift('call: notify'));
    assert.deepEqual(notified.load.outcomes, { ok: REQUESTS });
  });

  test('a service that is gone is an exception of Envoy, with its reason, and its counters still agree', async () => {
    await using standing = await place.up('{ outbound: listener }', same, thrift('transport: framed'));
    const app = standing.deployment.processes.get('server.app');
    assert.ok(app !== undefined);
    await app.signal('SIGKILL');
    await app.exited;
    const outcomes = await standing.send();
    assert.equal(
      Object.values(outcomes).reduce((sum, n) => sum + (n ?? 0), 0),
      REQUESTS,
    );
    assert.equal(outcomes.ok, undefined);
    assert.ok((outcomes.applicationException ?? 0) > 0, JSON.stringify(outcomes));
  });
});
