import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildMesh } from '../../src/mesh/index.ts';
import { applyPatch, DEFAULT_SETTINGS, type Patch, type Workload } from '../../src/scenario/index.ts';

function workloads(calls: Readonly<Record<string, readonly string[]>>): readonly Workload[] {
  return Object.entries(calls).map(([name, callees]) => ({
    name,
    port: name === 'client' ? undefined : 8080,
    calls: callees,
  }));
}

const HOP = { client: ['server'], server: [] };
const CHAIN = { client: ['edge'], edge: ['front'], front: ['a', 'b', 'c'], a: [], b: [], c: [] };
const DEEP = { client: ['front'], front: ['a', 'b'], a: ['c'], b: [], c: [] };

describe('the path of a mesh', () => {
  const cases: readonly (readonly [Readonly<Record<string, readonly string[]>>, Patch['mesh'], string])[] = [
    [HOP, {}, 'client → server'],
    [
      HOP,
      { preset: 'istio', tls: 'mutual', telemetry: { accessLog: true } },
      'client → Envoy beside client (REDIRECT) → mTLS → Envoy beside server (REDIRECT) → server; access log',
    ],
    [CHAIN, {}, 'client → edge → front → 3 services at once'],
    [
      CHAIN,
      { preset: 'istio', tls: 'mutual' },
      'client → edge → front → 3 services at once; ' +
        'each hop through Envoy beside its caller (REDIRECT) → mTLS → Envoy beside its service (REDIRECT)',
    ],
    [
      { client: ['a'], a: ['b'], b: [] },
      { outbound: 'listener' },
      "client → a → b; each hop through Envoy beside its caller (listens on the service's port)",
    ],
    [DEEP, {}, 'client → front → 2 services at once, which call others'],
  ];
  for (const [calls, mesh, expected] of cases) {
    test(expected, () => {
      const settings = applyPatch(DEFAULT_SETTINGS, mesh === undefined ? {} : { mesh });
      assert.equal(buildMesh({ workloads: workloads(calls) }, settings).path, expected);
    });
  }
});

test('an application is given the services that it calls: where to, by which name, and how long it waits for them', () => {
  const settings = applyPatch(DEFAULT_SETTINGS, { mesh: { preset: 'istio' } });
  const apps = (mesh: Patch['mesh']): unknown =>
    buildMesh({ workloads: workloads(CHAIN) }, applyPatch(settings, mesh === undefined ? {} : { mesh })).hosts.map(
      ({ name, app }) => [
        name,
        app?.calls.map(({ endpoint, authority, timeout }) => [endpoint.address, authority, timeout]),
      ],
    );
  const { timeout } = settings.load;
  const expected = (address: (index: number) => string): unknown => [
    ['client', undefined],
    ['edge', [[address(2), 'front:8080', timeout]]],
    ['front', ['a', 'b', 'c'].map((name, index) => [address(index + 3), `${name}:8080`, timeout])],
    ['a', []],
    ['b', []],
    ['c', []],
  ];
  assert.deepEqual(
    apps({}),
    expected((index) => `198.18.0.${10 + index}`),
  );
  assert.deepEqual(
    apps({ outbound: 'listener' }),
    expected(() => '127.0.0.1'),
    'to its own sidecar where that listens',
  );
});
