import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { envoys } from '../../src/report/envoys.ts';
import { summaryFixture } from '../support/summary.ts';

const CLEAN = '9e558093/1.40.0/Clean/RELEASE/BoringSSL';
const STOCK = { 'envoy.1.40.0.build': CLEAN, 'envoy.1.40.0.source': 'wheel' };
const MANY = Array.from({ length: 11 }, (_, index) => `f${index}`).join(', ');

const cases: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
  ['none', { runtime: 'sandbox' }, []],
  ['the release of the project, of a record that names no filters', STOCK, ['stock Envoy 1.40.0']],
  [
    'a build from patched source',
    { 'envoy.1.38.3.build': 'abc/1.38.3/Modified/RELEASE/BoringSSL', 'envoy.1.38.3.source': 'cache' },
    ['patched Envoy 1.38.3'],
  ],
  ['a debug build', { 'envoy.1.41.0-dev.build': 'abc/1.41.0-dev/Clean/DEBUG/BoringSSL' }, ['debug Envoy 1.41.0-dev']],
  [
    "a user's own program",
    { 'envoy.1.40.0.build': CLEAN, 'envoy.1.40.0.source': 'given' },
    ["a user's own Envoy 1.40.0"],
  ],
  [
    'sidecars with the same filters, which are told once',
    {
      ...STOCK,
      'filters.client.envoy.network': 'http_connection_manager',
      'filters.client.envoy.http': 'router',
      'filters.server.envoy.network': 'http_connection_manager',
      'filters.server.envoy.http': 'router',
    },
    ['stock Envoy 1.40.0, no Istio sidecar', 'HTTP filters: router', 'network filters: http_connection_manager'],
  ],
  [
    'variants that differ',
    {
      ...STOCK,
      'filters.client.envoy.network': 'http_connection_manager | http_connection_manager, tcp_proxy',
      'filters.client.envoy.http': 'lua | none',
    },
    [
      'stock Envoy 1.40.0, no Istio sidecar',
      'HTTP filters: in some variants lua',
      'network filters: http_connection_manager, in some variants tcp_proxy',
    ],
  ],
  [
    "a user's configuration beside one of ours",
    {
      ...STOCK,
      replay: 'config-dump',
      'filters.client.envoy.http': `istio.alpn, ${MANY}`,
      'filters.server.envoy.http': 'router',
    },
    [
      'stock Envoy 1.40.0',
      'HTTP filters of client.envoy: istio.alpn, f0, f1, f2, f3, f4, f5, f6 and 4 more',
      'HTTP filters of server.envoy: router',
    ],
  ],
];

describe('which Envoys were measured, and what they ran', () => {
  for (const [what, fingerprint, expected] of cases) {
    test(what, () => assert.deepEqual(envoys(summaryFixture({ fingerprint })), expected));
  }
});
