import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { filtersOf } from '../../src/mesh/index.ts';
import { manager, OUTBOUND_80, RDS_80, tcp, VIRTUAL_OUTBOUND } from './replay/istio.ts';
import { hostOf, meshOf } from './support.ts';

const EXTENSIONS = 'type.googleapis.com/envoy.extensions.filters';

const listening = (...filters: readonly object[]) => ({
  static_resources: { listeners: [{ filter_chains: [{ filters }] }] },
});
const withHttp = (...filters: readonly object[]) => listening(manager(RDS_80, { http_filters: filters }));

describe('the filters of a sidecar', () => {
  test('of ours follow from its configuration', () => {
    const of = (outbound: 'listener' | 'redirect') => hostOf(meshOf({ outbound }), 'client').sidecar?.bootstrap ?? {};
    assert.deepEqual(filtersOf(of('listener')), { network: ['http_connection_manager'], http: ['router'] });
    assert.deepEqual(filtersOf(of('redirect')), {
      network: ['tcp_proxy', 'http_connection_manager'],
      http: ['router'],
    });
  });

  test("of a user's are those of all chains, each once", () => {
    const found = filtersOf({ static_resources: { listeners: [VIRTUAL_OUTBOUND, OUTBOUND_80] } });
    assert.deepEqual([...found.network].sort(), ['http_connection_manager', 'tcp_proxy']);
    assert.deepEqual(filtersOf(listening(tcp('a'), tcp('b'))), { network: ['tcp_proxy'], http: [] });
  });

  const names: readonly (readonly [string, object, string])[] = [
    [
      'its type, whatever its name',
      { name: 'x', typed_config: { '@type': `${EXTENSIONS}.http.lua.v3.Lua` } },
      'lua (x)',
    ],
    [
      'the type within a typed struct',
      {
        name: 'envoy.filters.http.fault',
        typed_config: {
          '@type': 'type.googleapis.com/xds.type.v3.TypedStruct',
          type_url: `${EXTENSIONS}.http.fault.v3.HTTPFault`,
        },
      },
      'fault',
    ],
    [
      'its name where the type is not of Envoy itself',
      {
        name: 'istio.alpn',
        typed_config: { '@type': 'type.googleapis.com/istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig' },
      },
      'istio.alpn',
    ],
    [
      'the plugin that Wasm runs',
      { name: 'istio.stats', typed_config: { '@type': `${EXTENSIONS}.http.wasm.v3.Wasm` } },
      'wasm (istio.stats)',
    ],
    [
      'its type where it has no name',
      { typed_config: { '@type': 'type.googleapis.com/a.B' } },
      'type.googleapis.com/a.B',
    ],
    ['nothing', {}, 'without a name'],
  ];
  for (const [what, filter, name] of names) {
    test(`are told by ${what}`, () => assert.deepEqual(filtersOf(withHttp(filter)).http, [name]));
  }

  test('of what is no configuration are none', () => {
    for (const bootstrap of [{}, { static_resources: { listeners: 'x' } }, listening({ typed_config: null })]) {
      assert.deepEqual(filtersOf(bootstrap).http, []);
    }
  });
});
