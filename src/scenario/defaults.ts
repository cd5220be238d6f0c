import { z } from 'zod';
import type { Nanos } from '../units/index.ts';
import { BOUNDS } from './bounds.ts';
import { controlPlaneShape, servicesShape } from './control-plane-schema.ts';
import { duration, percent } from './fields.ts';
import type { Settings } from './scenario.ts';
import type { scenarioSchema } from './schema.ts';
import { appShape, loadShape, telemetryShape, thriftShape } from './settings-schema.ts';

type Written = z.input<typeof scenarioSchema>;

/** What a scenario file means where it says nothing, in its own words. */
export const DEFAULTS = {
  protocol: 'http',
  topology: { workloads: { client: { calls: ['server'] }, server: { port: 8080 } } },
  mesh: {
    outbound: 'none',
    inbound: 'none',
    originalSource: false,
    conntrack: true,
    exempt: 'mark',
    tls: 'none',
    telemetry: { accessLog: false, tracing: '0%', scrape: 0, stats: 'few' },
    envoy: { concurrency: 1 },
  },
  load: {
    loop: 'open',
    rate: '2000/s',
    wait: 'spin',
    connections: 32,
    stagger: 0,
    schedule: 'constant',
    method: 'GET',
    path: '/',
    headers: {},
    payload: 0,
    body: '',
    targets: [],
    warmup: '2s',
    duration: '5s',
    timeout: '10s',
  },
  app: {
    delay: 0,
    work: 0,
    payload: '1kB',
    stalls: [],
    reset: 'never',
    close: 'never',
    keepAliveTimeout: 0,
    version: 'v1',
  },
  runtime: { name: 'sandbox', network: 'own', seccomp: true },
  http2: { streams: 100 },
  grpc: { call: 'Echo' },
  thrift: {
    transport: 'framed',
    protocol: 'binary',
    call: 'echo',
    service: '',
    headers: {},
    pipeline: 1,
    between: 'same',
    server: 'library',
  },
  services: {
    kind: 'service-entry',
    count: 0,
    endpoints: 2,
    ports: 'own',
    protocol: 'same',
    thriftShare: '50%',
    rules: 0,
    lazy: false,
    visible: 2,
    called: 'visible',
    objects: '',
  },
  controlPlane: {
    kind: 'none',
    version: '',
    protocol: 'delta',
    eds: 'same',
    sidecars: 1,
    namespaces: 1,
    clusters: 1,
    fetchTimeout: 0,
    crowd: 0,
    unknown: 'passthrough',
    thriftRoutes: 'listener',
  },
  events: [],
  trials: 6,
  placement: { load: 'auto', system: 'auto' },
  scheduling: { system: 'auto', load: 'auto', awake: 'auto' },
  needs: { cores: 1 },
  limits: { time: '30m' },
  thresholds: [],
  tolerance: '5%',
} as const satisfies { readonly [Field in keyof Written]?: DeepReadonly<Written[Field]> };

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

/** {@link DEFAULTS}, read. */
export const DEFAULT_SETTINGS: Settings = {
  protocol: DEFAULTS.protocol,
  mesh: {
    ...DEFAULTS.mesh,
    telemetry: z.strictObject(telemetryShape).parse(DEFAULTS.mesh.telemetry),
    envoy: { version: undefined, cpuLimit: undefined, ...DEFAULTS.mesh.envoy },
  },
  load: z.strictObject(loadShape).parse(DEFAULTS.load),
  app: z.strictObject(appShape).parse(DEFAULTS.app),
  runtime: DEFAULTS.runtime,
  http2: DEFAULTS.http2,
  grpc: DEFAULTS.grpc,
  thrift: z.strictObject(thriftShape).parse(DEFAULTS.thrift),
  services: z.strictObject(servicesShape).parse(DEFAULTS.services),
  controlPlane: z.strictObject(controlPlaneShape).parse(DEFAULTS.controlPlane),
  events: [],
};

/** When a run ends, whatever is left of it. */
export const DEFAULT_TIME_LIMIT: Nanos = duration(BOUNDS.time).parse(DEFAULTS.limits.time);

/** A difference within it counts as none. */
export const DEFAULT_TOLERANCE: number = percent.parse(DEFAULTS.tolerance);
