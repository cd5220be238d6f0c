import type { z } from 'zod';
import type { IstioObject } from '../services/index.ts';
import type { Bytes, Nanos, Rate } from '../units/index.ts';
import type { EventSpec } from './event-schema.ts';
import type { targetSchema } from './request-schema.ts';
import type { scheduleSchema } from './schedule-schema.ts';
import type { thresholdSchema } from './schema.ts';
import type { delaySchema } from './settings-schema.ts';
import type { Slo } from './slo.ts';

/** How long an application waits before it answers. */
export type Delay = z.output<typeof delaySchema>;

/** A limit for a metric, as the file states it. */
export type Threshold = z.output<typeof thresholdSchema>;

/** How traffic gets into a sidecar, per direction. */
export type Interception = 'none' | 'listener' | 'redirect' | 'tproxy';

/** How intended times are spread: evenly, at random, or in a shape whose shares are of the rate. */
export type Schedule = z.output<typeof scheduleSchema>;

/** What an HTTP request is made of. */
export interface Message {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Size of a body that says nothing. */
  readonly payload: Bytes;
  /** Text of the body in its place; empty where there is none. */
  readonly body: string;
}

/** What the load sends and when. */
export interface LoadSettings extends Message {
  /** `closed` asks what saturates: no rate is offered, and nothing is said about latency. */
  readonly loop: 'open' | 'closed';
  readonly rate: Rate;
  /** How the load waits for what is due. */
  readonly wait: 'spin' | 'hybrid' | 'sleep';
  readonly connections: number;
  /** Over which they are opened. */
  readonly stagger: Nanos;
  readonly schedule: Schedule;
  /** Requests to choose from by weight, in place of the one that the fields above make. */
  readonly targets: readonly z.output<typeof targetSchema>[];
  readonly warmup: Nanos;
  readonly duration: Nanos;
  readonly timeout: Nanos;
}

/** How a service behaves: the application's script. */
export interface AppSettings {
  readonly delay: Delay;
  /** Processor time that every answer takes before it leaves, spun away by the clock; 0 takes none. */
  readonly work: Nanos;
  readonly payload: Bytes;
  readonly stalls: readonly { readonly at: Nanos; readonly for: Nanos }[];
  /** Resets the connection at every k-th request of the process; undefined never does. */
  readonly reset: { readonly every: number } | undefined;
  /** Closes the connection after every k-th answer of the process; undefined never does. */
  readonly close: { readonly every: number } | undefined;
  /** Closes a connection that was idle for so long; 0 never does. */
  readonly keepAliveTimeout: Nanos;
  readonly version: string;
}

/** How Thrift is spoken, and what is called. */
export interface ThriftSettings {
  readonly transport: 'framed' | 'unframed' | 'header';
  readonly protocol: 'binary' | 'compact';
  /** A method of scenarios/idl/echo.thrift: `echo` is answered, `fail` throws a declared exception, `notify` is a oneway. */
  readonly call: 'echo' | 'fail' | 'notify';
  /** The service that a multiplexed server is asked for; empty where it is not multiplexed. */
  readonly service: string;
  /** Keys and values of the header. */
  readonly headers: Readonly<Record<string, string>>;
  /** Calls under way on a connection at a time. */
  readonly pipeline: number;
  /** Transport between two sidecars: the applications' own, or the header transport. */
  readonly between: 'same' | 'header';
  /** The application: a server on Apache's library, or one that answers as fast as it can. */
  readonly server: 'library' | 'fast';
}

/** What load, applications and sidecars speak. */
export const PROTOCOL_NAMES = ['http', 'http2', 'grpc', 'thrift'] as const;

export type ProtocolName = (typeof PROTOCOL_NAMES)[number];

/** How HTTP/2 is spoken. */
export interface Http2Settings {
  /** Requests under way on a connection at a time, each on a stream of its own. */
  readonly streams: number;
}

/** What is called over gRPC. */
export interface GrpcSettings {
  /** A method of scenarios/idl/echo.proto: `Echo` is answered, `Fail` with a status other than 0. */
  readonly call: 'Echo' | 'Fail';
}

/** Which sidecars there are, how traffic reaches them, and what they do with it. */
export interface MeshSettings {
  /** Into the sidecars of workloads that call others. */
  readonly outbound: Interception;
  /** Into the sidecars of services. */
  readonly inbound: Interception;
  /** True where an inbound sidecar calls its application with the caller's address; TPROXY only. */
  readonly originalSource: boolean;
  /** True where the packet rules track connections, as Istio's do. REDIRECT cannot do without. */
  readonly conntrack: boolean;
  /** How the packet rules tell Envoy's own connections. */
  readonly exempt: 'mark' | 'uid';
  /** Between sidecars. */
  readonly tls: 'none' | 'mutual';
  readonly telemetry: TelemetrySettings;
  readonly envoy: EnvoySettings;
}

/** What sidecars tell about the traffic. */
export interface TelemetrySettings {
  /** A line for every request, to a file in memory. */
  readonly accessLog: boolean;
  /** Share of requests that are traced, 0 to 1; their spans go to a collector of the run's own. */
  readonly tracing: number;
  /** Every so often all stats are read as Prometheus would; 0 never. */
  readonly scrape: Nanos;
  /** Which stats Envoy keeps: those that a report needs, or all of its own. */
  readonly stats: 'few' | 'all';
}

/** The Envoy that sidecars run. */
export interface EnvoySettings {
  /** Undefined is the one that set-up provides. */
  readonly version: string | undefined;
  /** Worker threads. */
  readonly concurrency: number;
  /** Processors that each sidecar may use, for example 0.5; undefined is unlimited. */
  readonly cpuLimit: number | undefined;
}

/** Services that the mesh has besides those of the topology. */
export interface ServicesSettings {
  /** What istiod is told of each with: a ServiceEntry with its addresses, one with WorkloadEntries, or a Service of Kubernetes. */
  readonly kind: 'service-entry' | 'workload-entries' | 'kubernetes';
  readonly count: number;
  /** Addresses of each. */
  readonly endpoints: number;
  readonly ports: 'own' | 'shared';
  /** What they speak; `same` as the load. */
  readonly protocol: 'same' | 'http' | 'thrift' | 'mixed';
  /** Of mixed ones the share that speak Thrift, 0 to 1. */
  readonly thriftShare: number;
  /** Of a VirtualService for each of them, and for those that are called; 0 has none. */
  readonly rules: number;
  /** True where a workload sees those that it calls, and {@link visible} others. */
  readonly lazy: boolean;
  readonly visible: number;
  /** `hidden`: of those that a workload calls it sees none, until a push reveals it. */
  readonly called: 'visible' | 'hidden';
  readonly objects: GivenObjects;
}

/** Istio's objects from a file or a folder beside the scenario. */
export interface GivenObjects {
  /** Empty where none are given. */
  readonly path: string;
  /** Filled in where the scenario is read from a file. */
  readonly list: readonly IstioObject[];
}

/** Who configures sidecars. */
export interface ControlPlaneSettings {
  /** `none`: the whole configuration is in the file that Envoy starts with; `xds`: the built-in server. */
  readonly kind: 'none' | 'xds' | 'istiod';
  /** Which istiod, by the name that the user gave it; '' is the one that is built, or the only one that is named. */
  readonly version: string;
  readonly protocol: 'delta' | 'sotw';
  /** `own`: endpoints come from a process of their own. */
  readonly eds: 'same' | 'own';
  /** Of the client, each as of a pod of its own. */
  readonly sidecars: number;
  /** Over which they are spread. */
  readonly namespaces: number;
  /** Over which those of a namespace are spread. */
  readonly clusters: number;
  /** How long they wait for a new cluster's endpoints; 0 without end. */
  readonly fetchTimeout: Nanos;
  /** Light clients beside them. */
  readonly crowd: number;
  /** What becomes of requests for a service that a sidecar is not shown. */
  readonly unknown: 'passthrough' | 'black-hole' | 'central' | 'on-demand';
  /** How routes of Thrift are told: as part of listeners, or by themselves. */
  readonly thriftRoutes: 'listener' | 'trds';
}

/** Where a run's hosts can live. */
export const RUNTIME_NAMES = ['sandbox', 'docker'] as const;

export type RuntimeName = (typeof RUNTIME_NAMES)[number];

/** Where the hosts of a variant live, and what stands between them. */
export interface RuntimeSettings {
  readonly name: RuntimeName;
  /** `shared`: all hosts are in one network namespace, so that nothing is between them but the loopback. */
  readonly network: 'own' | 'shared';
  /** True where containers have Docker's filter of system calls. */
  readonly seccomp: boolean;
}

/** Interceptions by the name of what does it so: as Istio injects by default, and with `interceptionMode: TPROXY`. */
export type Preset = 'istio' | 'istio-tproxy';

/** Everything that may differ between variants. */
export interface Settings {
  readonly protocol: ProtocolName;
  readonly mesh: MeshSettings;
  readonly load: LoadSettings;
  readonly app: AppSettings;
  readonly runtime: RuntimeSettings;
  /** Read where the protocol is HTTP/2 or gRPC, which is on top of it. */
  readonly http2: Http2Settings;
  /** Read where the protocol is gRPC. */
  readonly grpc: GrpcSettings;
  /** Read where the protocol is Thrift. */
  readonly thrift: ThriftSettings;
  readonly services: ServicesSettings;
  readonly controlPlane: ControlPlaneSettings;
  readonly events: readonly EventSpec[];
}

/**
 * What a variant or a matrix point changes of the settings: whole fields, section by section (`mesh.envoy` and
 * `mesh.telemetry` field by field). A preset stands for the fields that it sets; those of the same patch win over it.
 */
export interface Patch {
  readonly protocol?: ProtocolName;
  readonly mesh?: Partial<Omit<MeshSettings, 'envoy' | 'telemetry'>> & {
    readonly preset?: Preset;
    readonly envoy?: Partial<EnvoySettings>;
    readonly telemetry?: Partial<TelemetrySettings>;
  };
  readonly load?: Partial<LoadSettings>;
  readonly app?: Partial<AppSettings>;
  readonly runtime?: Partial<RuntimeSettings>;
  readonly http2?: Partial<Http2Settings>;
  readonly grpc?: Partial<GrpcSettings>;
  readonly thrift?: Partial<ThriftSettings>;
  readonly services?: Partial<ServicesSettings>;
  readonly controlPlane?: Partial<ControlPlaneSettings>;
  readonly events?: readonly EventSpec[];
}

/** A workload: with a port it is a service, without one it is the client that sends the load. */
export interface Workload {
  readonly name: string;
  readonly port: number | undefined;
  readonly calls: readonly string[];
}

/** One axis of the matrix. */
export interface Axis {
  /** `section.field`, for example `load.rate`. */
  readonly path: string;
  readonly points: readonly AxisPoint[];
}

/** One value of an axis; `label` is the value as the file wrote it. */
export interface AxisPoint {
  readonly label: string;
  readonly patch: Patch;
}

/** A search for the highest rate that holds an SLO. */
export interface KneeSettings {
  readonly slo: Slo;
  readonly from: Rate;
  readonly to: Rate;
}

/** A scenario as it was read and checked: units parsed, defaults filled in, nothing expanded. */
export interface Scenario {
  readonly name: string;
  readonly question: string;
  readonly description: string | undefined;
  readonly workloads: readonly Workload[];
  readonly base: Settings;
  readonly variants: readonly { readonly name: string; readonly patch: Patch }[];
  readonly matrix: readonly Axis[];
  /** Blocks; where a knee is looked for, the most trials of each variant. */
  readonly trials: number;
  /** Undefined where variants are measured at their own rates. */
  readonly knee: KneeSettings | undefined;
  readonly placement: { readonly load: CpuChoice; readonly system: CpuChoice };
  readonly scheduling: Scheduling;
  readonly needs: { readonly cores: number; readonly memory: Bytes | undefined };
  readonly limits: { readonly time: Nanos };
  readonly thresholds: readonly Threshold[];
  /** A ratio within 1/(1+tolerance) … 1+tolerance counts as no difference. */
  readonly tolerance: number;
  /** The file's text as it was read, kept so that a report can show it and a hash can name it. */
  readonly source: string;
}

/** How the machine is kept quiet. `auto` is what the study in docs/measurement.md chose, where it can be had. */
export interface Scheduling {
  /** Scheduling of applications and proxies: `realtime` (SCHED_RR, needs root) is not held up by other tasks. */
  readonly system: 'auto' | 'normal' | 'realtime';
  /** Priority of the load agents: `raised` is nice −10 and needs root. SCHED_RR is none of them: a loop that spins would be stopped. */
  readonly load: 'auto' | 'normal' | 'raised';
  /** Whether the system's processors are kept from sleeping between requests. */
  readonly awake: 'auto' | boolean;
}

/** `auto`, or the processors by number. */
export type CpuChoice = 'auto' | readonly number[];
