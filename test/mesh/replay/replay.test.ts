import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  address,
  eds,
  host,
  type Json,
  manager,
  OTHER,
  OUTBOUND_80,
  RDS_80,
  ROUTES_80,
  SERVER,
  VIRTUAL_OUTBOUND,
} from './istio.ts';
import { complaintsOf, named, replayDump, resources } from './support.ts';

const SERVICE = address('198.18.0.11', 8080);
const HTTP = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

function addresses(listeners: readonly Json[]): Json {
  return Object.fromEntries(
    listeners.map((listener) => {
      const socket = (listener['address'] as Json)['socket_address'] as Json;
      const bound = listener['bind_to_port'] === false ? ' unbound' : '';
      return [listener['name'], `${socket['address']}:${socket['port_value']}${bound}`];
    }),
  );
}

describe("a dump of Istio's sidecar", () => {
  test('in a listener beside the client is entered at the port of the service', () => {
    const mesh = replayDump();
    assert.deepEqual(mesh.target, { address: '127.0.0.1', port: 8080 });
    assert.equal(mesh.authority, 'server.default.svc.cluster.local');
    assert.deepEqual(addresses(resources(mesh).listeners), {
      prometheus: '0.0.0.0:15090',
      virtualOutbound: '0.0.0.0:15001',
      virtualInbound: '0.0.0.0:15006',
      '0.0.0.0_80': '127.0.0.1:8080',
    });
    assert.match(
      mesh.path,
      /^client → Envoy beside client \(listens on .*, a replayed config-dump by its listener 0\.0\.0\.0_80/u,
    );
  });

  test('under redirection is entered by the listener that hands connections on, at the port of its own', () => {
    const mesh = replayDump({}, { mesh: { outbound: 'redirect' } });
    assert.deepEqual(mesh.target, { address: '198.18.0.11', port: 80 });
    const { listeners } = resources(mesh);
    assert.equal(addresses(listeners)['virtualOutbound'], '0.0.0.0:15001');
    assert.equal(addresses(listeners)['0.0.0.0_80'], '0.0.0.0:80 unbound');
    assert.equal(named(listeners, 'virtualOutbound')['transparent'], undefined);
    assert.deepEqual(mesh.hosts[0]?.intercepts, [{ table: 'nat', jump: '-j REDIRECT --to-ports 15001' }]);
  });

  test('under TPROXY has rules for that port, and a transparent listener', () => {
    const mesh = replayDump({}, { mesh: { outbound: 'tproxy' } });
    assert.equal(named(resources(mesh).listeners, 'virtualOutbound')['transparent'], true);
    const rules = (mesh.hosts[0]?.rules ?? []).map((rule) => rule.join(' '));
    assert.ok(
      rules.some((rule) => rule.includes('--dports 80 ')),
      rules.join('\n'),
    );
    assert.equal(mesh.hosts[0]?.sysctls['net.ipv4.ip_local_reserved_ports'], '80');
  });

  test('a listener at an address of a service is moved to where the client connects', () => {
    const own: Json = { ...OUTBOUND_80, name: '10.96.0.5_80', address: address('10.96.0.5', 80) };
    const mesh = replayDump({ listeners: [VIRTUAL_OUTBOUND, own] }, { mesh: { outbound: 'redirect' } });
    assert.equal(addresses(resources(mesh).listeners)['10.96.0.5_80'], '198.18.0.11:80 unbound');
    assert.ok(
      mesh.notes.some((note) => note.includes('10.96.0.5_80 at 198.18.0.11:80')),
      mesh.notes.join('\n'),
    );
  });

  test('without a listener that hands connections on, packets are led to the entry itself', () => {
    const mesh = replayDump({ listeners: [OUTBOUND_80] }, { mesh: { outbound: 'redirect' } });
    assert.deepEqual(mesh.target, { address: '198.18.0.11', port: 8080 });
    assert.equal(addresses(resources(mesh).listeners)['0.0.0.0_80'], '0.0.0.0:15001');
  });

  test('of two listeners that want one address, the other takes that of the entry', () => {
    const taken: Json = { name: 'taken', address: address('127.0.0.1', 8080), filter_chains: [] };
    const placed = addresses(resources(replayDump({ listeners: [OUTBOUND_80, taken] })).listeners);
    assert.equal(placed['0.0.0.0_80'], '127.0.0.1:8080');
    assert.equal(placed['taken'], '0.0.0.0:80');
  });

  test("listeners at another host's addresses are not bound, those that are not on TCP left out", () => {
    const mesh = replayDump({
      listeners: [
        OUTBOUND_80,
        { name: 'pod', address: address('10.1.2.3', 15_008) },
        { name: 'quic', address: { socket_address: { protocol: 'UDP', address: '0.0.0.0', port_value: 443 } } },
      ],
    });
    const placed = addresses(resources(mesh).listeners);
    assert.equal(placed['pod'], '10.1.2.3:15008 unbound');
    assert.ok(!('quic' in placed));
    assert.ok(mesh.notes.some((note) => note.includes('quic')));
  });
});

describe('what the request can reach', () => {
  test('leads to the service in plaintext, and nothing else does', () => {
    const { clusters } = resources(replayDump());
    const server = named(clusters, SERVER);
    assert.equal(server['type'], 'STATIC');
    assert.equal(server['transport_socket'], undefined);
    assert.equal(server['eds_cluster_config'], undefined);
    assert.equal(server['lb_policy'], 'LEAST_REQUEST');
    assert.deepEqual(server['load_assignment'], {
      cluster_name: SERVER,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: SERVICE } }] }],
    });
    const others = clusters.filter((cluster) => cluster !== server);
    assert.ok(!JSON.stringify(others).includes('198.18.'), JSON.stringify(others));
  });

  test('beside it endpoints are those of the dump, without what Envoy prints and does not read', () => {
    const other = named(resources(replayDump()).clusters, OTHER);
    assert.equal(other['type'], 'STATIC');
    assert.deepEqual(other['load_assignment'], {
      cluster_name: OTHER,
      endpoints: [
        {
          locality: {},
          lb_endpoints: [
            { endpoint: { address: address('10.1.9.9', 8080), health_check_config: {} }, load_balancing_weight: 1 },
          ],
        },
      ],
      policy: { overprovisioning_factor: 140 },
    });
  });

  test('beside it names are not resolved', () => {
    const mesh = replayDump({ endpoints: [] });
    const zipkin = named(resources(mesh).clusters, 'zipkin');
    assert.equal(zipkin['type'], 'STATIC');
    assert.deepEqual(zipkin['load_assignment'], { cluster_name: 'zipkin', endpoints: [{ lb_endpoints: [] }] });
    assert.deepEqual(named(resources(mesh).clusters, OTHER)['load_assignment'], { cluster_name: OTHER, endpoints: [] });
  });

  test('an HTTP/2 cluster speaks what the application does; one that follows the caller stays', () => {
    const options = (own: Json): Json => ({
      typed_extension_protocol_options: { [HTTP]: { '@type': `x/${HTTP}`, ...own } },
    });
    const http2 = options({ explicit_http_config: { http2_protocol_options: {} } });
    const follows = options({ use_downstream_protocol_config: { http2_protocol_options: {} } });
    const of = (more: Json): unknown =>
      named(resources(replayDump({ clusters: [eds(SERVER, more)] })).clusters, SERVER)[
        'typed_extension_protocol_options'
      ];
    assert.deepEqual(
      of(http2),
      options({ explicit_http_config: { http_protocol_options: {} } })['typed_extension_protocol_options'],
    );
    assert.deepEqual(of(follows), follows['typed_extension_protocol_options']);
  });

  const canary = 'outbound|80|canary|server';
  const routes = (...own: readonly Json[]): readonly Json[] => [
    { name: '80', virtual_hosts: [{ name: 'server', domains: ['server'], routes: own }] },
  ];
  const clusters = [eds(SERVER), eds(canary), eds(OTHER)];
  const all = { match: { prefix: '/' }, route: { cluster: SERVER } };
  for (const [what, own, expected] of [
    [
      'a route before the certain one, by a header',
      [{ match: { prefix: '/', headers: [{ name: 'x' }] }, route: { cluster: canary } }, all],
      [canary, SERVER],
    ],
    ['a route after the certain one', [all, { match: { prefix: '/' }, route: { cluster: canary } }], [SERVER]],
    [
      'a route of another path',
      [{ match: { path_separated_prefix: '/api' }, route: { cluster: canary } }, all],
      [SERVER],
    ],
    [
      'weighted clusters',
      [{ match: { prefix: '/' }, route: { weighted_clusters: { clusters: [{ name: SERVER }, { name: canary }] } } }],
      [SERVER, canary],
    ],
    [
      'a mirror',
      [{ match: { prefix: '/' }, route: { cluster: SERVER, request_mirror_policies: [{ cluster: OTHER }] } }],
      [OTHER, SERVER],
    ],
  ] as const) {
    test(`${what}: ${expected.length} clusters`, () => {
      const mesh = replayDump({ routes: routes(...own), clusters });
      const led = resources(mesh).clusters.filter((cluster) => JSON.stringify(cluster).includes('198.18.0.11'));
      assert.deepEqual(led.map(({ name }) => name).toSorted(), expected.toSorted());
    });
  }

  for (const [what, own, complaint] of [
    ['a redirect', [{ match: { prefix: '/' }, redirect: { https_redirect: true } }], /answered by Envoy itself/u],
    ['another path', [{ match: { path: '/api' }, route: { cluster: SERVER } }], /no route matches load\.path \//u],
    ['a header', [{ match: { prefix: '/' }, route: { cluster_header: 'x' } }], /chosen by a header/u],
    [
      'a cluster that is not there',
      [{ match: { prefix: '/' }, route: { cluster: 'gone' } }],
      /clusters that the file does not have: gone/u,
    ],
  ] as const) {
    test(`${what} is refused`, () => {
      const complaints = complaintsOf({ routes: routes(...own), clusters }, { authority: 'server' });
      assert.match(complaints.join(), complaint);
    });
  }
});

describe('the entry', () => {
  const listeners = [
    VIRTUAL_OUTBOUND,
    OUTBOUND_80,
    {
      ...OUTBOUND_80,
      name: '0.0.0.0_8080',
      address: address('0.0.0.0', 8080),
      filter_chains: [{ filters: [manager({ route_config: { virtual_hosts: [host('on', ['on.port'], OTHER)] } })] }],
    },
  ];
  for (const [what, asked, expected] of [
    ['is by default the one on the port of the service', {}, ['0.0.0.0_8080', 'on.port']],
    ['is the listener that is named', { listener: '0.0.0.0_80' }, ['0.0.0.0_80', 'server.default.svc.cluster.local']],
    ['is where the host is known', { authority: 'other' }, ['0.0.0.0_80', 'other']],
    ['knows the host whatever its port, where Envoy does', { authority: 'server:8080' }, ['0.0.0.0_80', 'server:8080']],
    ['takes any host where one is for any', { authority: 'else.where' }, ['0.0.0.0_80', 'else.where']],
    [
      'may be an inbound listener that is named',
      { listener: 'virtualInbound' },
      ['virtualInbound', 'concrete.example'],
    ],
  ] as const) {
    test(what, () => {
      const parts = what.includes('inbound') ? {} : { listeners };
      const mesh = replayDump(parts, asked);
      const entered = resources(mesh).listeners.find(
        (one) => addresses([one])[String(one['name'])] === '127.0.0.1:8080',
      );
      assert.deepEqual([entered?.['name'], mesh.authority], expected);
    });
  }

  test('for any host alone is asked for as the scenario does', () => {
    const routes = [{ ...ROUTES_80, virtual_hosts: [host('any', ['*'], SERVER)] }];
    assert.equal(replayDump({ routes }, { listener: '0.0.0.0_80' }).authority, 'server:8080');
  });

  test('that is named and not there is refused with those that are', () => {
    assert.match(complaintsOf({}, { listener: 'nowhere' }).join(), /"nowhere", which is no listener.* prometheus/u);
  });

  test('whose routes the dump does not have is refused', () => {
    assert.match(complaintsOf({ routes: [] }, { listener: '0.0.0.0_80' }).join(), /0\.0\.0\.0_80 has none/u);
  });

  test('behind a match that plaintext does not meet takes every connection', () => {
    const chain = {
      filter_chain_match: { server_names: ['x'] },
      transport_socket: { name: 'tls', typed_config: {} },
      filters: [manager(RDS_80)],
    };
    const entry = named(
      resources(replayDump({ listeners: [{ ...OUTBOUND_80, filter_chains: [chain] }] })).listeners,
      '0.0.0.0_80',
    );
    assert.deepEqual(entry['filter_chains'], []);
    const opened = entry['default_filter_chain'] as Json;
    assert.deepEqual(Object.keys(opened), ['filters']);
  });

  test('whose match is met stays as it is', () => {
    const entry = named(resources(replayDump()).listeners, '0.0.0.0_80');
    const [chain] = entry['filter_chains'] as readonly Json[];
    assert.deepEqual(
      chain?.['filter_chain_match'],
      (OUTBOUND_80['filter_chains'] as readonly Json[])[0]?.['filter_chain_match'],
    );
    assert.deepEqual(entry['default_filter_chain'], OUTBOUND_80['default_filter_chain']);
  });
});
