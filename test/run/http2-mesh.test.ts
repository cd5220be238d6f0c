import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Mesh } from '../../src/mesh/index.ts';
import { count } from '../support/counts.ts';
import { CONNECTIONS, LOAD, MeshPlace, REQUESTS } from '../support/standing-mesh.ts';

const WAYS = ['listener', 'redirect', 'tproxy'] as const;
const SPOKEN = ['http2', 'grpc'] as const;
const HOSTS = [
  ['client', 'outbound', 'service.server'],
  ['server', 'inbound', 'inbound'],
] as const;

/** Envoy in its places with HTTP/2 on both of its sides, with the path of each trial checked as in a run. */
describe('through Envoy', () => {
  let place: MeshPlace;
  before(async () => {
    place = await MeshPlace.open();
  });
  after(() => place[Symbol.asyncDispose]());

  const same = <T>(mesh: T): T => mesh;
  const spoken = (protocol: string): string => `protocol: ${protocol}\n`;

  for (const protocol of SPOKEN) {
    test(`${protocol}, by both sidecars: each request once at each, and as HTTP/2 on both sides`, async () => {
      const { load, proxies } = await place.trial('{ preset: istio }', same, LOAD + spoken(protocol));
      assert.deepEqual(load.outcomes, { ok: REQUESTS });
      assert.deepEqual(load.versions, { v1: REQUESTS });
      for (const [host, direction, cluster] of HOSTS) {
        const counters = proxies[`${host}.envoy`]?.counters ?? {};
        const counted = (name: string): number => counters[name] ?? 0;
        assert.equal(counted(`http.${direction}.downstream_rq_total`), REQUESTS);
        assert.equal(counted(`http.${direction}.downstream_rq_http2_total`), REQUESTS);
        assert.equal(counted(`http.${direction}.downstream_rq_2xx`), REQUESTS);
        assert.equal(counted(`cluster.${cluster}.upstream_rq_total`), REQUESTS);
        assert.ok(counted(`cluster.${cluster}.upstream_cx_http2_total`) > 0);
        assert.equal(counted(`cluster.${cluster}.upstream_cx_http1_total`), 0);
        if (protocol === 'grpc') assert.equal(counted(`cluster.${cluster}.grpc.success`), REQUESTS);
      }
    });

    for (const way of WAYS.slice(0, count(2, WAYS.length))) {
      test(`${protocol}, outbound alone and inbound alone, ${way}`, async () => {
        for (const mesh of [`{ outbound: ${way} }`, `{ inbound: ${way} }`]) {
          const { load } = await place.trial(mesh, same, LOAD + spoken(protocol));
          assert.deepEqual(load.outcomes, { ok: REQUESTS });
        }
      });
    }

    test(`${protocol}, between sidecars with mTLS`, async () => {
      const { load } = await place.trial('{ preset: istio, tls: mutual }', same, LOAD + spoken(protocol));
      assert.deepEqual(load.outcomes, { ok: REQUESTS });
    });

    test(`${protocol}: a service that is gone is an answer of Envoy, with its reason`, async () => {
      await using standing = await place.up('{ outbound: listener }', same, spoken(protocol));
      const app = standing.deployment.processes.get('server.app');
      assert.ok(app !== undefined);
      await app.signal('SIGKILL');
      await app.exited;
      const { outcomes, failed } = await standing.sendAll();
      assert.deepEqual(outcomes, { status: REQUESTS });
      assert.match(failed[0]?.detail ?? '', protocol === 'grpc' ? /^14 UNAVAILABLE: / : /^503$/u);
    });

    test(`${protocol}: a trial that goes past the sidecar is refused`, async () => {
      const bare = (mesh: Mesh): Mesh => ({
        ...mesh,
        hosts: mesh.hosts.map((host) => ({ ...host, rules: [], intercepts: [] })),
      });
      await assert.rejects(place.trial('{ outbound: redirect }', bare, LOAD + spoken(protocol)), {
        code: 'PATH_NOT_TAKEN',
        message: /client\.envoy counted 0 in http\.outbound\.downstream_rq_http2_total/u,
      });
    });
  }

  test('grpc: a status other than 0 is a failed answer, which Envoy counts as such', async () => {
    const { load, proxies } = await place.trial(
      '{ outbound: listener }',
      same,
      `${LOAD}protocol: grpc\ngrpc: { call: Fail }\n`,
    );
    assert.deepEqual(load.outcomes, { status: REQUESTS });
    assert.equal(load.failed[0]?.detail, '9 FAILED_PRECONDITION: as it was asked for');
    assert.equal(proxies['client.envoy']?.counters['cluster.service.server.grpc.failure'], REQUESTS);
  });

  test('http2: more than its windows hold, both ways, and streams one at a time', async () => {
    const load = `load: { rate: 50/s, connections: ${CONNECTIONS}, warmup: 0, duration: 400ms, method: POST, payload: 200kB }\n`;
    const rest = 'protocol: http2\nhttp2: { streams: 1 }\napp: { payload: 300kB }\n';
    const trial = await place.trial('{ preset: istio }', same, load + rest);
    assert.deepEqual(trial.load.outcomes, { ok: 20 });
  });

  test('http2: sidecars that restart streams after GOAWAY lose nothing that they took', async () => {
    const script = 'app: { close: { every: 20 } }\n';
    const { load } = await place.trial('{ outbound: listener }', same, LOAD + spoken('http2') + script);
    const { ok = 0, status = 0 } = load.outcomes;
    assert.equal(ok + status, REQUESTS);
    assert.ok(ok > REQUESTS / 2, JSON.stringify(load.outcomes));
  });
});
