import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildMesh } from '../../src/mesh/index.ts';
import { reconcile } from '../../src/run/reconcile.ts';
import { PAIR, settings } from '../mesh/support.ts';

const MESH = buildMesh({ workloads: PAIR }, { ...settings({ outbound: 'listener' }), protocol: 'thrift' });

type Proxies = Parameters<typeof reconcile>[2];

/** What the listener's proxy counted, and the cluster: the same unless it is given. */
function counted(counters: Readonly<Record<string, number>>, upstream = counters): Proxies {
  const cluster = 'cluster.service.server.thrift.upstream_';
  const listener = Object.entries(counters).map(([name, value]) => [`thrift.outbound.${name}`, value] as const);
  const behind = Object.entries(upstream).map(
    ([name, value]) => [cluster + name.replace('request_', 'rq_').replace('response_', 'resp_'), value] as const,
  );
  return { 'client.envoy': { counters: Object.fromEntries([...listener, ...behind]) } };
}

describe("Envoy's counters and the load's", () => {
  test('agree to the last call, oneway and exception', () => {
    reconcile(
      MESH,
      { ok: 10, exception: 2, applicationException: 1 },
      counted({
        request_call: 8,
        request_oneway: 5,
        response_success: 5,
        response_error: 2,
        response_exception: 1,
      }),
    );
  });

  test('may differ by what went astray', () => {
    for (const more of [0, 1, 2]) {
      reconcile(MESH, { ok: 10, timeout: 2 }, counted({ request_call: 10 + more, response_success: 10 }));
    }
  });

  const wrong: readonly [string, Parameters<typeof reconcile>[1], Readonly<Record<string, number>>, RegExp][] = [
    [
      'a call that Envoy never saw',
      { ok: 10 },
      { request_call: 9, response_success: 9 },
      /counted 9 in thrift\.outbound\.request_call \+ thrift\.outbound\.request_oneway, the load saw 10/u,
    ],
    [
      'a call that was doubled',
      { ok: 10 },
      { request_call: 11, response_success: 11 },
      /counted 11 in .*request_oneway, the load saw 10/u,
    ],
    [
      'more than what went astray',
      { ok: 10, timeout: 1 },
      { request_call: 12, response_success: 10 },
      /and 1 more that went astray/u,
    ],
    [
      'an exception that came out as a success',
      { ok: 10 },
      { request_call: 10, response_success: 9, response_error: 1 },
      /response_success \+ .*request_oneway, the load saw 10; .*response_error, the load saw 0/u,
    ],
    ['nothing that could be read', { ok: 10 }, {}, /counted 0/u],
  ];
  for (const [name, seen, counters, message] of wrong) {
    test(`disagree by ${name}`, () => {
      assert.throws(() => reconcile(MESH, seen, counted(counters)), { code: 'COUNTERS_DISAGREE', message });
    });
  }

  test('disagree by what the cluster alone counted', () => {
    const listener = { request_call: 10, response_success: 10 };
    const check = (cluster: Readonly<Record<string, number>>) => () =>
      reconcile(MESH, { ok: 10 }, counted(listener, cluster));
    check(listener)();
    assert.throws(
      check({ request_call: 11, response_success: 10 }),
      /11 in cluster\.service\.server\.thrift\.upstream_rq_call/u,
    );
    assert.throws(check({ request_call: 10, response_success: 9 }), /9 in .*upstream_resp_success.* the load saw 10$/u);
    assert.throws(check({}), /0 in cluster\.service\.server/u);
  });

  const BOTH = buildMesh(
    { workloads: PAIR },
    { ...settings({ outbound: 'redirect', inbound: 'redirect' }), protocol: 'thrift' },
  );
  /** As Envoy 1.40.0 counted calls to a server that was gone: one was answered by the client's sidecar, the rest by the server's. */
  const gone = (last: number): Proxies => ({
    'client.envoy': {
      counters: {
        'thrift.outbound.request_call': 120,
        'thrift.outbound.response_exception': 120,
        'thrift.outbound.cx_destroy_local_with_active_rq': 1,
        'cluster.service.server.thrift.upstream_rq_call': 120,
        'cluster.service.server.thrift.upstream_resp_exception': 120,
        'cluster.service.server.thrift.upstream_resp_exception_local': 1,
      },
    },
    'server.envoy': {
      counters: {
        'thrift.inbound.response_exception': 119,
        'thrift.inbound.cx_destroy_local_with_active_rq': 119,
        'cluster.inbound.thrift.upstream_rq_call': last,
        'cluster.inbound.thrift.upstream_resp_exception': 119,
        'cluster.inbound.thrift.upstream_resp_exception_local': 119,
      },
    },
  });

  test('agree where sidecars make the exceptions: what one answers goes no further, and is perhaps no whole call', () => {
    reconcile(BOTH, { applicationException: 120 }, gone(119));
    assert.throws(
      () => reconcile(BOTH, { applicationException: 120 }, gone(118)),
      /server\.envoy counted 118 in cluster\.inbound\.thrift\.upstream_rq_call .* the load saw 120$/u,
    );
  });

  test('are not asked for with HTTP', () => {
    reconcile(buildMesh({ workloads: PAIR }, settings({ outbound: 'listener' })), { ok: 10 }, {});
  });
});
