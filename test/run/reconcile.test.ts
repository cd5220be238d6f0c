import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildMesh } from '../../src/mesh/index.ts';
import { reconcile } from '../../src/run/reconcile.ts';
import { PAIR, settings } from '../mesh/support.ts';

const MESH = buildMesh({ workloads: PAIR }, { ...settings({ outbound: 'listener' }), protocol: 'thrift' });

const counted = (counters: Readonly<Record<string, number>>): Parameters<typeof reconcile>[2] => ({
  'client.envoy': {
    counters: Object.fromEntries(Object.entries(counters).map(([name, value]) => [`thrift.outbound.${name}`, value])),
  },
});

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
      /counted 9 in .*request_oneway, the load saw 10/u,
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
      /response_success, the load saw 10; .*response_error, the load saw 0/u,
    ],
    ['nothing that could be read', { ok: 10 }, {}, /counted 0/u],
  ];
  for (const [name, seen, counters, message] of wrong) {
    test(`disagree by ${name}`, () => {
      assert.throws(() => reconcile(MESH, seen, counted(counters)), { code: 'COUNTERS_DISAGREE', message });
    });
  }

  test('are not asked for with HTTP', () => {
    reconcile(buildMesh({ workloads: PAIR }, settings({ outbound: 'listener' })), { ok: 10 }, {});
  });
});
