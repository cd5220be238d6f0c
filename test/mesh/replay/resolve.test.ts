import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  AUTO_MTLS,
  CERTIFICATE,
  eds,
  host,
  type Json,
  manager,
  OTHER,
  OUTBOUND_80,
  RDS_80,
  ROUTES_80,
  SECRETS,
  SERVER,
} from './istio.ts';
import { named, replayDump, resources } from './support.ts';

const TLS = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3';
const LUA = {
  '@type': 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua',
  default_source_code: { inline_string: '' },
};
const KEYED: Json = {
  name: 'default',
  tls_certificate: { certificate_chain: CERTIFICATE, private_key: { inline_string: 'the key itself' } },
};
const ROOT: Json = { name: 'ROOTCA', validation_context: { trusted_ca: CERTIFICATE } };

function contextOf(cluster: Json): unknown {
  const socket = cluster['transport_socket'] as Json | undefined;
  return (socket?.['typed_config'] as Json | undefined)?.['common_tls_context'];
}

function otherContext(secrets: readonly Json[], clusters = [eds(SERVER), eds(OTHER, AUTO_MTLS)]): unknown {
  return contextOf(named(resources(replayDump({ secrets, clusters })).clusters, OTHER));
}

describe('TLS of a cluster beside the way', () => {
  test('stays without what the dump has redacted or not at all', () => {
    assert.deepEqual(otherContext(SECRETS), { alpn_protocols: ['istio'] });
    assert.deepEqual(otherContext([]), { alpn_protocols: ['istio'] });
  });

  test('has in its place what the dump has', () => {
    assert.deepEqual(otherContext([KEYED, ROOT]), {
      alpn_protocols: ['istio'],
      tls_certificates: [KEYED['tls_certificate']],
      validation_context: { match_typed_subject_alt_names: [], trusted_ca: CERTIFICATE },
    });
  });

  test('loses certificates and authorities that are files of another machine', () => {
    const context = {
      tls_certificates: [{ certificate_chain: { filename: '/c' }, private_key: { filename: '/k' } }],
      validation_context: { trusted_ca: { filename: '/a' } },
    };
    const typed_config = { '@type': `${TLS}.UpstreamTlsContext`, sni: 'x', common_tls_context: context };
    const clusters = [eds(SERVER), eds(OTHER, { transport_socket: { name: 'tls', typed_config } })];
    assert.deepEqual(otherContext([], clusters), {});
  });
});

describe('TLS of a listener beside the way', () => {
  const socket = {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': `${TLS}.DownstreamTlsContext`,
      session_ticket_keys: { keys: [{ inline_string: 'ticket' }] },
      common_tls_context: { tls_certificate_sds_secret_configs: [{ name: 'default' }] },
    },
  };
  const listeners = [
    OUTBOUND_80,
    { ...OUTBOUND_80, name: 'tls', filter_chains: [{ filters: [], transport_socket: socket }] },
  ];
  const socketWith = (secrets: readonly Json[]): unknown => {
    const mesh = replayDump({ listeners, secrets });
    const [chain] = named(resources(mesh).listeners, 'tls')['filter_chains'] as readonly Json[];
    return chain?.['transport_socket'];
  };

  test('is left out where the key is redacted, with a word', () => {
    assert.equal(socketWith(SECRETS), undefined);
    assert.ok(
      replayDump({ listeners }).notes.includes('replay: TLS of listeners left out, since the file has no keys: tls'),
    );
  });

  test('stays where the key is there', () => {
    assert.deepEqual(socketWith([KEYED]), {
      name: 'envoy.transport_sockets.tls',
      typed_config: {
        '@type': `${TLS}.DownstreamTlsContext`,
        common_tls_context: { tls_certificates: [KEYED['tls_certificate']] },
      },
    });
  });
});

describe('what came by discovery', () => {
  function managerOf(listener: Json): Json {
    const [chain] = listener['filter_chains'] as readonly Json[];
    const [filter] = (chain?.['filters'] ?? []) as readonly Json[];
    return (filter?.['typed_config'] ?? {}) as Json;
  }
  const withFilters = (...http_filters: readonly Json[]): readonly Json[] => [
    { ...OUTBOUND_80, filter_chains: [{ filters: [manager(RDS_80, { http_filters })] }] },
  ];
  const discovered = { name: 'mine', config_discovery: { type_urls: ['x'], config_source: { ads: {} } } };

  test('routes stand in their listener, and may name clusters that are not there, as they could by RDS', () => {
    const own = managerOf(named(resources(replayDump()).listeners, '0.0.0.0_80'));
    assert.equal(own['rds'], undefined);
    assert.deepEqual(own['route_config'], { ...ROUTES_80, validate_clusters: false });
  });

  test('routes that the dump does not have leave their listener without', () => {
    const listeners = [
      OUTBOUND_80,
      { ...OUTBOUND_80, name: 'lost', filter_chains: [{ filters: [manager({ rds: { route_config_name: 'lost' } })] }] },
    ];
    const mesh = replayDump({ listeners });
    assert.deepEqual(managerOf(named(resources(mesh).listeners, 'lost'))['route_config'], {
      name: 'lost',
      virtual_hosts: [],
      validate_clusters: false,
    });
    assert.ok(mesh.notes.some((note) => note.endsWith('does not have theirs: lost')));
  });

  test('a filter is that of the dump, else its default, else none', () => {
    const filters = (extensions: readonly Json[], filter: Json): unknown =>
      managerOf(named(resources(replayDump({ listeners: withFilters(filter), extensions })).listeners, '0.0.0.0_80'))[
        'http_filters'
      ];
    const defaulted = { ...discovered, config_discovery: { ...discovered.config_discovery, default_config: LUA } };
    assert.deepEqual(filters([{ name: 'mine', typed_config: LUA }], discovered), [{ name: 'mine', typed_config: LUA }]);
    assert.deepEqual(filters([], defaulted), [{ name: 'mine', typed_config: LUA }]);
    assert.deepEqual(filters([], discovered), []);
  });

  test('access logs keep their format, wherever they went; one to nowhere stays there', () => {
    const type = (kind: string, more: Json): Json => ({
      name: 'log',
      typed_config: {
        '@type': `type.googleapis.com/envoy.extensions.access_loggers.${kind}`,
        log_format: { a: 1 },
        ...more,
      },
    });
    const file = 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog';
    const access_log = [type('stream.v3.StdoutAccessLog', {}), type('file.v3.FileAccessLog', { path: '/dev/null' })];
    const listeners = [{ ...OUTBOUND_80, filter_chains: [{ filters: [manager(RDS_80, { access_log })] }] }];
    assert.deepEqual(managerOf(named(resources(replayDump({ listeners })).listeners, '0.0.0.0_80'))['access_log'], [
      {
        name: 'log',
        typed_config: { '@type': file, log_format: { a: 1 }, path: '/run/meshbench/client/log_dev_stdout' },
      },
      { name: 'log', typed_config: { '@type': file, log_format: { a: 1 }, path: '/dev/null' } },
    ]);
  });

  test('hosts of other routes stay', () => {
    const routes = [{ ...ROUTES_80, vhds: { config_source: {} }, virtual_hosts: [host('s', ['s'], SERVER)] }];
    const table = managerOf(named(resources(replayDump({ routes })).listeners, '0.0.0.0_80'))['route_config'] as Json;
    assert.equal(table['vhds'], undefined);
    assert.deepEqual(table['virtual_hosts'], [host('s', ['s'], SERVER)]);
  });
});
