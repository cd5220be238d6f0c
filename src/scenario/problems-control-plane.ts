import {
  CONTROL_PLANE_PORT,
  ENDPOINTS_PORT,
  FIRST_GENERATED_PORT,
  furtherHosts,
  hasThrift,
  thriftShareOf,
} from './components.ts';
import { DEFAULT_SETTINGS } from './defaults.ts';
import type { Path } from './finding.ts';
import type { Breach, Rule } from './rule.ts';
import type { Settings, Workload } from './scenario.ts';

const KIND = 'controlPlane.kind';

/** What the built-in control plane cannot do, or not yet, and what needs it. */
export const CONTROL_PLANE_RULES: readonly Rule[] = [
  {
    rule: 'services-untold',
    reads: [KIND, 'services.count', 'services.protocol', 'services.rules', 'services.lazy', 'services.objects'],
    problems: untold,
  },
  {
    rule: 'control-plane-sidecars',
    reads: [KIND, 'mesh.preset', 'mesh.outbound', 'mesh.inbound', 'mesh.tls'],
    problems: sidecars,
  },
  {
    rule: 'control-plane-protocol',
    reads: [
      KIND,
      'controlPlane.thriftRoutes',
      'controlPlane.crowd',
      'protocol',
      'services.count',
      'services.ports',
      'services.protocol',
      'services.thriftShare',
      'services.called',
      'events',
    ],
    problems: protocol,
  },
  { rule: 'control-plane-telemetry', reads: [KIND, 'mesh.telemetry'], problems: telemetry },
  { rule: 'control-plane-runtime', reads: [KIND, 'runtime.network'], problems: runtime },
  {
    rule: 'further-sidecars',
    reads: [
      KIND,
      'controlPlane.sidecars',
      'controlPlane.namespaces',
      'controlPlane.clusters',
      'controlPlane.crowd',
      'controlPlane.unknown',
      'load.connections',
      'topology',
      'mesh.preset',
      'mesh.outbound',
    ],
    problems: furtherSidecars,
  },
  {
    rule: 'istiod-own',
    reads: [
      KIND,
      'controlPlane.version',
      'controlPlane.clusters',
      'controlPlane.fetchTimeout',
      'controlPlane.unknown',
      'services.kind',
    ],
    problems: ofIstiodItself,
  },
  {
    rule: 'unknown-services',
    reads: [
      KIND,
      'controlPlane.protocol',
      'controlPlane.unknown',
      'services.lazy',
      'services.called',
      'mesh.preset',
      'mesh.outbound',
    ],
    problems: unknownServices,
  },
  {
    rule: 'own-eds',
    reads: [KIND, 'controlPlane.eds', 'controlPlane.crowd', 'controlPlane.unknown'],
    problems: ownEndpoints,
  },
  { rule: 'services-ports', reads: [KIND, 'topology', 'services.count', 'services.ports'], problems: ports },
];

function untold({ controlPlane, services }: Settings): readonly Breach[] {
  if (controlPlane.kind !== 'none') return [];
  const message = 'needs controlPlane.kind: xds, since nothing else tells sidecars of further services';
  if (services.count > 0) return [of(['services', 'count'], message)];
  if (services.protocol !== 'same') return [of(['services', 'protocol'], message)];
  if (services.rules > 0) return [of(['services', 'rules'], message)];
  if (services.objects.path !== '') return [of(['services', 'objects'], message)];
  return services.lazy ? [of(['services', 'lazy'], message)] : [];
}

function sidecars({ controlPlane, mesh }: Settings): readonly Breach[] {
  if (controlPlane.kind === 'none') return [];
  return [
    ...(mesh.outbound === 'none'
      ? [
          of(
            ['controlPlane', 'kind'],
            `is ${controlPlane.kind}, but there is no sidecar to configure: mesh.outbound is none`,
          ),
        ]
      : []),
    ...inboundSidecars(controlPlane.kind, mesh),
    ...(mesh.tls === 'none' ? [] : [of(['mesh', 'tls'], 'must be none with a control plane: it has no certificates')]),
  ];
}

function inboundSidecars(kind: 'xds' | 'istiod', { outbound, inbound }: Settings['mesh']): readonly Breach[] {
  const at: Path = ['mesh', 'inbound'];
  if (inbound === 'none') return [];
  if (kind === 'xds') return [of(at, 'must be none with xds, which configures outbound sidecars alone')];
  return inbound === 'redirect' && outbound === 'redirect'
    ? []
    : [of(at, 'must be none with istiod, or redirect as mesh.outbound is: its sidecars have one way for both')];
}

function protocol(settings: Settings): readonly Breach[] {
  const { controlPlane, protocol: spoken } = settings;
  const { kind } = controlPlane;
  const trds = controlPlane.thriftRoutes === 'trds' && (kind !== 'xds' || !hasThrift(settings));
  const stray = trds ? [of(['controlPlane', 'thriftRoutes'], 'is trds, which needs services of Thrift and xds')] : [];
  if (kind === 'none') return stray;
  const isTold = spoken === 'http' || (spoken === 'thrift' && kind === 'xds');
  if (!isTold) {
    const told = kind === 'xds' ? 'HTTP/1.1 and Thrift alone' : 'HTTP/1.1 alone here';
    return [
      ...stray,
      of(['controlPlane', 'kind'], `is ${kind}, which tells of ${told}, but the protocol is ${spoken}`),
    ];
  }
  return [...stray, ...mixture(settings), ...(hasThrift(settings) ? thrift(settings) : [])];
}

/** What services that are made up cannot speak. */
function mixture({ controlPlane, services }: Settings): readonly Breach[] {
  const { protocol: spoken, thriftShare } = services;
  return [
    ...(controlPlane.kind === 'istiod' && (spoken === 'thrift' || spoken === 'mixed')
      ? [
          of(
            ['services', 'protocol'],
            `is ${spoken}, but istiod is told of HTTP alone here: it needs controlPlane.kind: xds`,
          ),
        ]
      : []),
    ...(spoken !== 'mixed' && thriftShare !== DEFAULT_SETTINGS.services.thriftShare
      ? [of(['services', 'thriftShare'], 'is of services that are mixed: it needs services.protocol: mixed')]
      : []),
  ];
}

/** A call names no host: the port alone tells where it goes, and a route knows no more than that. */
function thrift(settings: Settings): readonly Breach[] {
  const { services, events, controlPlane, protocol: spoken } = settings;
  const shared = services.ports === 'shared' && services.count > 0 && thriftShareOf(settings) > 0;
  const calls = spoken === 'thrift';
  return [
    ...(controlPlane.crowd > 0 ? [of(['controlPlane', 'crowd'], 'asks for HTTP services alone')] : []),
    ...(shared ? [of(['services', 'ports'], 'must be own with Thrift, whose calls name no host')] : []),
    ...(calls && services.called === 'hidden' ? [of(['services', 'called'], 'must be visible with Thrift')] : []),
    ...events.flatMap((event, index) =>
      calls && event.kind === 'push' && event.what === 'route'
        ? [of(['events', index, 'push'], 'is a time-out, which routes of Thrift do not have: move changes one')]
        : [],
    ),
  ];
}

function telemetry({ controlPlane, mesh }: Settings): readonly Breach[] {
  if (controlPlane.kind === 'none') return [];
  const message = 'is not told by the control plane: leave it out';
  const { accessLog, tracing } = mesh.telemetry;
  return [
    ...(accessLog ? [of(['mesh', 'telemetry', 'accessLog'], message)] : []),
    ...(tracing > 0 ? [of(['mesh', 'telemetry', 'tracing'], message)] : []),
  ];
}

function runtime({ controlPlane, runtime: { network } }: Settings): readonly Breach[] {
  if (controlPlane.kind === 'none' || network === 'own') return [];
  return [of(['runtime', 'network'], 'must be own with a control plane')];
}

function furtherSidecars({ controlPlane, mesh, load }: Settings, workloads: readonly Workload[]): readonly Breach[] {
  const { kind, sidecars: count, namespaces, clusters, crowd } = controlPlane;
  const none = 'needs controlPlane.kind: xds, which configures them';
  if (kind === 'none') {
    return [
      ...(count > 1 ? [of(['controlPlane', 'sidecars'], none)] : []),
      ...(namespaces > 1 ? [of(['controlPlane', 'namespaces'], none)] : []),
      ...(clusters > 1 ? [of(['controlPlane', 'clusters'], none)] : []),
      ...(crowd > 0 ? [of(['controlPlane', 'crowd'], none)] : []),
    ];
  }
  const taken = workloads.filter(({ name }) => furtherHosts(workloads, controlPlane).includes(name));
  return [
    ...(count > 1 && mesh.outbound !== 'listener'
      ? [of(['controlPlane', 'sidecars'], `needs mesh.outbound: listener, but it is ${mesh.outbound}`)]
      : []),
    ...(count > load.connections
      ? [of(['controlPlane', 'sidecars'], `cannot be more than load.connections, which is ${load.connections}`)]
      : []),
    ...(namespaces * clusters > count
      ? [
          of(
            ['controlPlane', namespaces > 1 ? 'namespaces' : 'clusters'],
            `cannot be spread over ${namespaces * clusters} of namespaces and clusters: there are ${count} sidecars`,
          ),
        ]
      : []),
    ...taken.map(({ name }) =>
      of(['topology', 'workloads', name], 'is the name of a further sidecar, of the crowd or of the central proxy'),
    ),
  ];
}

/** What istiod decides by itself. */
function ofIstiodItself({ controlPlane, services }: Settings): readonly Breach[] {
  const { kind, version, clusters, fetchTimeout, unknown } = controlPlane;
  if (kind !== 'istiod') {
    const message = `is ${services.kind}, of which only istiod is told: it needs controlPlane.kind: istiod`;
    return [
      ...(services.kind === 'service-entry' ? [] : [of(['services', 'kind'], message)]),
      ...(version === ''
        ? []
        : [of(['controlPlane', 'version'], 'is of an istiod, and needs controlPlane.kind: istiod')]),
    ];
  }
  return [
    ...(clusters > 1
      ? [of(['controlPlane', 'clusters'], 'must be 1 with istiod, which has the API server of one cluster here')]
      : []),
    ...(unknown === 'passthrough'
      ? []
      : [of(['controlPlane', 'unknown'], 'must be passthrough with istiod, which is told nothing else here')]),
    ...(fetchTimeout > 0
      ? [of(['controlPlane', 'fetchTimeout'], 'must be 0 with istiod, which waits without end')]
      : []),
  ];
}

/** Two services of one port and host name apart are well, but not a workload's port among those that are made up. */
function ports({ controlPlane, services }: Settings, workloads: readonly Workload[]): readonly Breach[] {
  if (controlPlane.kind === 'none') return [];
  return workloads.flatMap(({ name, port }): readonly Breach[] => {
    if (port === undefined) return [];
    const last = FIRST_GENERATED_PORT + services.count - 1;
    const taken = services.ports === 'own' && port >= FIRST_GENERATED_PORT && port <= last;
    const at = ['topology', 'workloads', name, 'port'];
    if (taken) return [of(at, `is among the ports of services.count, ${FIRST_GENERATED_PORT} to ${last}`)];
    return port === CONTROL_PLANE_PORT || port === ENDPOINTS_PORT ? [of(at, 'is a port of the control plane')] : [];
  });
}

function unknownServices({ controlPlane, services, mesh }: Settings): readonly Breach[] {
  const { kind, protocol: spoken, unknown } = controlPlane;
  if (kind === 'none')
    return unknown === 'passthrough' ? [] : [of(['controlPlane', 'unknown'], 'needs controlPlane.kind: xds')];
  const lazy = services.lazy ? [] : ['services.lazy: true'];
  const ofUnknown = [
    ...lazy,
    ...(unknown === 'on-demand' && spoken === 'sotw' ? ['controlPlane.protocol: delta'] : []),
  ];
  // A listener's own connections would be passed through to itself.
  const ofHidden = [...lazy, ...(mesh.outbound === 'listener' ? ['mesh.outbound: redirect or tproxy'] : [])];
  return [
    ...(unknown === 'passthrough' || ofUnknown.length === 0
      ? []
      : [of(['controlPlane', 'unknown'], `is ${unknown}, which needs ${ofUnknown.join(' and ')}`)]),
    ...(services.called === 'visible' || ofHidden.length === 0
      ? []
      : [of(['services', 'called'], `is hidden, which needs ${ofHidden.join(' and ')}`)]),
  ];
}

/** Endpoints from a server of their own. */
function ownEndpoints({ controlPlane: { kind, eds, crowd, unknown } }: Settings): readonly Breach[] {
  if (eds === 'same') return [];
  const at: Path = ['controlPlane', 'eds'];
  return [
    ...(kind === 'xds' ? [] : [of(at, 'is own, which needs controlPlane.kind: xds')]),
    ...(crowd > 0 ? [of(at, 'must be same with a crowd, which asks one server for everything')] : []),
    ...(unknown === 'on-demand' ? [of(at, 'must be same with unknown: on-demand, which asks one server')] : []),
  ];
}

function of(path: Path, message: string): Breach {
  return { at: [path], message };
}
