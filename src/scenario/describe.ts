import { thriftShareOf } from './components.ts';
import { DEFAULT_SETTINGS } from './defaults.ts';
import { describeLoad } from './describe-load.ts';
import { describeEvent } from './event-schema.ts';
import { printShare } from './fields.ts';
import { size, time } from './in-words.ts';
import type {
  AppSettings,
  ControlPlaneSettings,
  Delay,
  MeshSettings,
  RuntimeSettings,
  ServicesSettings,
  Settings,
} from './scenario.ts';

/**
 * Settings in the scenario's own words and units: written into a file as they are, they are read as the same settings.
 */
export function describeSettings(settings: Settings): Record<string, unknown> {
  const { mesh, load, app, services, controlPlane, runtime, events } = settings;
  return {
    ...describeProtocol(settings),
    mesh: describeMesh(mesh),
    load: describeLoad(load),
    app: describeApp(app),
    ...(isUsual(runtime) ? {} : { runtime: { ...runtime } }),
    // Without a control plane nothing tells of further services.
    ...(controlPlane.kind === 'none'
      ? {}
      : { services: describeServices(services), controlPlane: describeControlPlane(controlPlane) }),
    events: events.map(describeEvent),
  };
}

/** HTTP/1.1 is what is spoken where nothing is said. */
function describeProtocol(settings: Settings): Record<string, unknown> {
  const { protocol, http2, grpc, thrift } = settings;
  switch (protocol) {
    case 'http':
      return thriftShareOf(settings) > 0 ? { thrift } : {};
    case 'http2':
      return { protocol, http2: { ...http2 } };
    case 'grpc':
      return { protocol, http2: { ...http2 }, grpc: { ...grpc } };
    case 'thrift':
      return { protocol, thrift };
  }
}

/** What is so wherever nothing is said of it is not said: records of before keep their hash. */
function isUsual({ name, network, seccomp }: RuntimeSettings): boolean {
  const usual = DEFAULT_SETTINGS.runtime;
  return name === usual.name && network === usual.network && seccomp === usual.seccomp;
}

/** No rules, no objects and ServiceEntries are not said, so that plans of them keep their hash. */
function describeServices({
  kind,
  protocol,
  thriftShare,
  rules,
  called,
  objects: { path },
  ...others
}: ServicesSettings): Record<string, unknown> {
  return {
    ...(kind === 'service-entry' ? {} : { kind }),
    ...others,
    ...(protocol === 'same' ? {} : { protocol }),
    ...(protocol === 'mixed' ? { thriftShare: printShare(thriftShare) } : {}),
    ...(rules === 0 ? {} : { rules }),
    ...(called === 'visible' ? {} : { called }),
    ...(path === '' ? {} : { objects: path }),
  };
}

/** One sidecar and no crowd are not said, so that plans without keep their hash. */
function describeControlPlane(controlPlane: ControlPlaneSettings): Record<string, unknown> {
  const { kind, version, protocol, eds, sidecars, namespaces, clusters, fetchTimeout, crowd, unknown, thriftRoutes } =
    controlPlane;
  const waited = fetchTimeout === 0 ? {} : { fetchTimeout: time(fetchTimeout) };
  return {
    kind,
    ...(version === '' ? {} : { version }),
    protocol,
    ...(eds === 'same' ? {} : { eds }),
    ...waited,
    ...(sidecars === 1 ? {} : { sidecars }),
    ...(namespaces === 1 ? {} : { namespaces }),
    ...(clusters === 1 ? {} : { clusters }),
    ...(crowd === 0 ? {} : { crowd }),
    ...(unknown === 'passthrough' ? {} : { unknown }),
    ...(thriftRoutes === 'listener' ? {} : { thriftRoutes }),
  };
}

function describeMesh(mesh: MeshSettings): Record<string, unknown> {
  const { telemetry, envoy, ...flat } = mesh;
  const { version, concurrency, cpuLimit } = envoy;
  const { accessLog, tracing, scrape, stats } = telemetry;
  return {
    ...flat,
    telemetry: { accessLog, tracing: printShare(tracing), scrape: time(scrape), stats },
    envoy: {
      ...(version === undefined ? {} : { version }),
      concurrency,
      ...(cpuLimit === undefined ? {} : { cpuLimit }),
    },
  };
}

function describeApp(app: AppSettings): Record<string, unknown> {
  return {
    delay: describeDelay(app.delay),
    // Left out where there is none, so that plans without it keep their hash.
    ...(app.work === 0 ? {} : { work: time(app.work) }),
    payload: size(app.payload),
    stalls: app.stalls.map((stall) => ({ at: time(stall.at), for: time(stall.for) })),
    reset: app.reset ?? 'never',
    close: app.close ?? 'never',
    keepAliveTimeout: time(app.keepAliveTimeout),
    version: app.version,
  };
}

function describeDelay(delay: Delay): unknown {
  switch (delay.kind) {
    case 'constant':
      return time(delay.value);
    case 'exponential':
      return { exponential: time(delay.mean) };
    case 'uniform':
      return { uniform: [time(delay.from), time(delay.to)] };
  }
}
