import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { filterFields } from '../../src/run/filter-fields.ts';
import { meshOf } from '../mesh/support.ts';

describe('the filters in the fingerprint', () => {
  test('are named for each sidecar', () => {
    assert.deepEqual(filterFields([meshOf({}), meshOf({ outbound: 'listener', inbound: 'redirect' })]), {
      'filters.client.envoy.network': 'http_connection_manager',
      'filters.client.envoy.http': 'router',
      'filters.server.envoy.network': 'http_connection_manager',
      'filters.server.envoy.http': 'router',
    });
  });

  test('are listed once for all variants that have the same, and apart where they differ', () => {
    const meshes = (['listener', 'redirect', 'tproxy'] as const).map((outbound) => meshOf({ outbound }));
    assert.equal(
      filterFields(meshes)['filters.client.envoy.network'],
      'http_connection_manager | tcp_proxy, http_connection_manager',
    );
  });

  test('are those that the control plane sends where the sidecar starts without', () => {
    const mesh = meshOf({ outbound: 'listener' });
    const hosts = mesh.hosts.map((host) =>
      host.sidecar === undefined ? host : { ...host, sidecar: { ...host.sidecar, dynamic: true, bootstrap: {} } },
    );
    assert.deepEqual(filterFields([{ hosts }]), {
      'filters.client.envoy.network': 'those that the control plane sends',
      'filters.client.envoy.http': 'those that the control plane sends',
    });
  });

  test('are none without sidecars', () => assert.deepEqual(filterFields([meshOf({})]), {}));
});
