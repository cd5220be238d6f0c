import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { envoys } from '../../src/report/envoys.ts';
import { summaryFixture } from '../support/summary.ts';

const CLEAN = '9e558093/1.40.0/Clean/RELEASE/BoringSSL';
const cases: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
  ['none', { runtime: 'sandbox' }, []],
  [
    'the release of the project',
    { 'envoy.1.40.0.build': CLEAN, 'envoy.1.40.0.source': 'wheel' },
    ['stock Envoy 1.40.0, router filter only: not an Istio sidecar'],
  ],
  [
    'a build from patched source',
    { 'envoy.1.38.3.build': 'abc/1.38.3/Modified/RELEASE/BoringSSL', 'envoy.1.38.3.source': 'cache' },
    ['patched Envoy 1.38.3, router filter only: not an Istio sidecar'],
  ],
  [
    'a debug build',
    { 'envoy.1.41.0-dev.build': 'abc/1.41.0-dev/Clean/DEBUG/BoringSSL' },
    ['debug Envoy 1.41.0-dev, router filter only: not an Istio sidecar'],
  ],
  [
    "a user's own program",
    { 'envoy.1.40.0.build': CLEAN, 'envoy.1.40.0.source': 'given' },
    ["a user's own Envoy 1.40.0, router filter only: not an Istio sidecar"],
  ],
  [
    'a configuration that was replayed',
    { replay: 'config-dump', 'envoy.1.40.0.build': CLEAN, 'envoy.1.40.0.source': 'wheel' },
    ["stock Envoy 1.40.0, with the filters of a user's configuration beside the client"],
  ],
];

describe('which Envoys were measured, and what they ran', () => {
  for (const [what, fingerprint, expected] of cases) {
    test(what, () => assert.deepEqual(envoys(summaryFixture({ fingerprint })), expected));
  }
});
