/** A small dump in the shape that Istio's sidecars have, written by hand; parts are replaced by the tests. */

const TYPE = 'type.googleapis.com';
const EXTENSIONS = `${TYPE}/envoy.extensions`;

export type Json = Readonly<Record<string, unknown>>;

export const SERVER = 'outbound|80||server.default.svc.cluster.local';
export const OTHER = 'outbound|80||other.default.svc.cluster.local';

/** What a dump is made of; each part has a default. */
export interface DumpParts {
  readonly bootstrap?: Json;
  readonly listeners?: readonly Json[];
  readonly clusters?: readonly Json[];
  readonly routes?: readonly Json[];
  readonly secrets?: readonly Json[];
  readonly endpoints?: readonly Json[];
  readonly extensions?: readonly Json[];
}

export function address(host: string, port: number): Json {
  return { socket_address: { address: host, port_value: port } };
}

export function manager(routes: Json, more: Json = {}, statPrefix = 'outbound_0.0.0.0_80;'): Json {
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: {
      '@type': `${EXTENSIONS}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
      stat_prefix: statPrefix,
      http_filters: [
        { name: 'envoy.filters.http.router', typed_config: { '@type': `${EXTENSIONS}.filters.http.router.v3.Router` } },
      ],
      access_log: [
        {
          name: 'envoy.access_loggers.file',
          typed_config: { '@type': `${EXTENSIONS}.access_loggers.file.v3.FileAccessLog`, path: '/dev/stdout' },
        },
      ],
      ...routes,
      ...more,
    },
  };
}

export const RDS_80: Json = {
  rds: { route_config_name: '80', config_source: { ads: {}, resource_api_version: 'V3' } },
};

export function tcp(cluster: string): Json {
  return {
    name: 'envoy.filters.network.tcp_proxy',
    typed_config: {
      '@type': `${EXTENSIONS}.filters.network.tcp_proxy.v3.TcpProxy`,
      stat_prefix: cluster,
      cluster,
    },
  };
}

const INSPECTORS: readonly Json[] = ['tls', 'http'].map((kind) => ({
  name: `envoy.filters.listener.${kind}_inspector`,
  typed_config: {
    '@type': `${EXTENSIONS}.filters.listener.${kind}_inspector.v3.${kind === 'tls' ? 'Tls' : 'Http'}Inspector`,
  },
}));

export const VIRTUAL_OUTBOUND: Json = {
  name: 'virtualOutbound',
  address: address('0.0.0.0', 15_001),
  traffic_direction: 'OUTBOUND',
  use_original_dst: true,
  filter_chains: [
    { filters: [tcp('BlackHoleCluster')], filter_chain_match: { destination_port: 15_001 } },
    { filters: [tcp('PassthroughCluster')], name: 'virtualOutbound-catchall-tcp' },
  ],
};

export const OUTBOUND_80: Json = {
  name: '0.0.0.0_80',
  address: address('0.0.0.0', 80),
  traffic_direction: 'OUTBOUND',
  bind_to_port: false,
  listener_filters: INSPECTORS,
  listener_filters_timeout: '0s',
  continue_on_listener_filters_timeout: true,
  default_filter_chain: { filters: [tcp('PassthroughCluster')], name: 'PassthroughFilterChain' },
  filter_chains: [
    {
      filter_chain_match: { transport_protocol: 'raw_buffer', application_protocols: ['http/1.1', 'h2c'] },
      filters: [manager(RDS_80)],
    },
  ],
};

export const VIRTUAL_INBOUND: Json = {
  name: 'virtualInbound',
  address: address('0.0.0.0', 15_006),
  traffic_direction: 'INBOUND',
  filter_chains: [
    {
      filters: [
        manager(
          {
            route_config: {
              name: 'in',
              virtual_hosts: [host('inbound', ['*', 'concrete.example'], 'BlackHoleCluster')],
            },
          },
          {},
          'inbound_0.0.0.0_8080;',
        ),
      ],
    },
  ],
};

export const CERTIFICATE: Json = { inline_bytes: Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64') };

export function host(name: string, domains: readonly string[], cluster: string): Json {
  return { name, domains, routes: [{ match: { prefix: '/' }, route: { cluster } }] };
}

export const ROUTES_80: Json = {
  name: '80',
  ignore_port_in_host_matching: true,
  virtual_hosts: [
    host('allow_any', ['*'], 'PassthroughCluster'),
    host('server', ['server.default.svc.cluster.local', 'server', 'server.default', '10.96.0.5'], SERVER),
    host('other', ['other.default.svc.cluster.local', 'other'], OTHER),
  ],
};

export function eds(name: string, more: Json = {}): Json {
  return {
    name,
    type: 'EDS',
    eds_cluster_config: { eds_config: { ads: {}, resource_api_version: 'V3' }, service_name: name },
    connect_timeout: '10s',
    lb_policy: 'LEAST_REQUEST',
    ...more,
  };
}

/** As Istio has it for automatic mTLS: certificate and authority by SDS. */
export const AUTO_MTLS: Json = {
  transport_socket: {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': `${EXTENSIONS}.transport_sockets.tls.v3.UpstreamTlsContext`,
      sni: 'outbound_.80_._.server',
      common_tls_context: {
        alpn_protocols: ['istio'],
        tls_certificate_sds_secret_configs: [{ name: 'default', sds_config: { ads: {} } }],
        combined_validation_context: {
          default_validation_context: { match_typed_subject_alt_names: [] },
          validation_context_sds_secret_config: { name: 'ROOTCA', sds_config: { ads: {} } },
        },
      },
    },
  },
};

export const CLUSTERS: readonly Json[] = [
  eds(SERVER, AUTO_MTLS),
  eds(OTHER, AUTO_MTLS),
  { name: 'BlackHoleCluster', type: 'STATIC', connect_timeout: '10s' },
  { name: 'PassthroughCluster', type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED', connect_timeout: '10s' },
];

const BOOTSTRAP: Json = {
  node: {
    id: 'sidecar~10.1.2.3~sleep.default~default.svc.cluster.local',
    cluster: 'sleep.default',
    metadata: { NAMESPACE: 'default' },
    extensions: [{ name: 'x', category: 'y' }],
    user_agent_name: 'envoy',
  },
  admin: { address: address('127.0.0.1', 15_000), profile_path: '/var/lib/istio/data/envoy.prof' },
  dynamic_resources: { lds_config: { ads: {} }, cds_config: { ads: {} }, ads_config: { api_type: 'DELTA_GRPC' } },
  layered_runtime: {
    layers: [
      { name: 'global config', static_layer: {} },
      { name: 'rtds', rtds_layer: {} },
      { name: 'admin', admin_layer: {} },
    ],
  },
  stats_config: {
    stats_matcher: { inclusion_list: { patterns: [{ prefix: 'cluster_manager' }, { suffix: 'rbac.allowed' }] } },
  },
  static_resources: {
    clusters: [
      {
        name: 'xds-grpc',
        type: 'STATIC',
        connect_timeout: '1s',
        load_assignment: {
          cluster_name: 'xds-grpc',
          endpoints: [{ lb_endpoints: [{ endpoint: { address: { pipe: { path: './etc/istio/proxy/XDS' } } } }] }],
        },
      },
      {
        name: 'zipkin',
        type: 'STRICT_DNS',
        connect_timeout: '1s',
        load_assignment: {
          cluster_name: 'zipkin',
          endpoints: [{ lb_endpoints: [{ endpoint: { address: address('zipkin.istio-system', 9411) } }] }],
        },
      },
    ],
    listeners: [
      {
        name: 'prometheus',
        address: address('0.0.0.0', 15_090),
        filter_chains: [
          {
            filters: [manager({ route_config: { virtual_hosts: [host('backend', ['*'], 'xds-grpc')] } }, {}, 'stats')],
          },
        ],
      },
    ],
  },
};

/** As Envoy prints endpoints: with weights of 0, which it does not read. */
export const ENDPOINTS: readonly Json[] = [
  {
    cluster_name: OTHER,
    endpoints: [
      {
        locality: {},
        lb_endpoints: [
          { endpoint: { address: address('10.1.9.9', 8080), health_check_config: {} }, load_balancing_weight: 1 },
        ],
        load_balancing_weight: 0,
      },
    ],
    policy: { overprovisioning_factor: 140 },
  },
];

export const SECRETS: readonly Json[] = [
  {
    name: 'default',
    tls_certificate: {
      certificate_chain: CERTIFICATE,
      private_key: { inline_bytes: Buffer.from('[redacted]').toString('base64') },
    },
  },
];

/** A whole dump, as `istioctl proxy-config all -o json` prints it. */
export function dump(parts: DumpParts = {}): Json {
  const any = (type: string, json: Json): Json => ({ '@type': `${TYPE}/${type}`, ...json });
  const section = (name: string, json: Json): Json => ({ '@type': `${TYPE}/envoy.admin.v3.${name}`, ...json });
  const listeners = parts.listeners ?? [VIRTUAL_OUTBOUND, VIRTUAL_INBOUND, OUTBOUND_80];
  return {
    configs: [
      section('BootstrapConfigDump', { bootstrap: { ...BOOTSTRAP, ...parts.bootstrap } }),
      section('ClustersConfigDump', {
        version_info: '1',
        dynamic_active_clusters: (parts.clusters ?? CLUSTERS).map((cluster) => ({
          cluster: any('envoy.config.cluster.v3.Cluster', cluster),
        })),
      }),
      section('EndpointsConfigDump', {
        dynamic_endpoint_configs: (parts.endpoints ?? ENDPOINTS).map((one) => ({
          endpoint_config: any('envoy.config.endpoint.v3.ClusterLoadAssignment', one),
        })),
      }),
      section('ListenersConfigDump', {
        dynamic_listeners: listeners.map((listener) => ({
          name: listener['name'],
          active_state: { listener: any('envoy.config.listener.v3.Listener', listener) },
        })),
      }),
      section('RoutesConfigDump', {
        dynamic_route_configs: (parts.routes ?? [ROUTES_80]).map((route) => ({
          route_config: any('envoy.config.route.v3.RouteConfiguration', route),
        })),
      }),
      section('SecretsConfigDump', {
        dynamic_active_secrets: (parts.secrets ?? SECRETS).map((secret) => ({
          name: secret['name'],
          secret: any('envoy.extensions.transport_sockets.tls.v3.Secret', secret),
        })),
      }),
      section('EcdsConfigDump', {
        ecds_filters: (parts.extensions ?? []).map((one) => ({
          ecds_filter: any('envoy.config.core.v3.TypedExtensionConfig', one),
        })),
      }),
    ],
  };
}
