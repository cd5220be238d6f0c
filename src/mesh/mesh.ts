import type { AppSettings, ProtocolName, ServicesSettings, SidecarPlace, ThriftSettings } from '../scenario/index.ts';
import type { GeneratedServices, InterceptionMode, IstioObject } from '../services/index.ts';
import type { Nanos } from '../units/index.ts';

/** What is deployed for one variant, as data. Pure: everything a runtime needs follows from it. */
export interface Mesh {
  readonly hosts: readonly MeshHost[];
  readonly services: readonly Service[];
  /** Certificates that sidecars hold; empty where the mesh speaks plaintext. */
  readonly certificates: readonly Certificate[];
  /** Where the load sends its requests, as seen from the client's host. */
  readonly target: Endpoint;
  /** Where it sends them besides, connection by connection in turn: to further sidecars of the client. */
  readonly furtherTargets: readonly Endpoint[];
  /** The target as requests name it. */
  readonly authority: string;
  /** One sentence: what a request passes on its way. */
  readonly path: string;
  /** Signals that this mesh cannot give, each with its reason; reports print them. */
  readonly missingSignals: readonly string[];
  /** What was changed of a user's configuration to replay it, one sentence each; empty where none is. */
  readonly notes: readonly string[];
}

/** A pod: a workload with its sidecar, sharing one address. */
export interface MeshHost {
  readonly name: string;
  readonly address: string;
  /** Where its processes have their files, the same path in every runtime. */
  readonly folder: string;
  /** `harness` for a host that takes what the mesh tells and is no part of it. */
  readonly role: 'workload' | 'harness';
  readonly app: AppComponent | undefined;
  readonly sidecar: Sidecar | undefined;
  /** Who configures the sidecars of the mesh, where this is its host. */
  readonly controlPlane: ControlPlaneComponent | undefined;
  /** Light clients of the control plane, where this is their host. */
  readonly crowd: CrowdComponent | undefined;
  /** The host made before whose network it shares, for a further sidecar beside the client. */
  readonly joins: string | undefined;
  /** True for the host in which the load agents run. */
  readonly load: boolean;
  /** Sysctls of its network. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Commands that install the packet rules, in order; empty where nothing is intercepted by packet. */
  readonly rules: readonly (readonly string[])[];
  /** What must have matched packets once traffic flowed: proof that it took this way and no other. */
  readonly intercepts: readonly Intercept[];
}

/** A packet rule that leads traffic into a sidecar, as `iptables-save` prints its end. */
export interface Intercept {
  readonly table: 'nat' | 'mangle';
  readonly jump: string;
}

/** A service application, where it listens and whom it calls. */
export interface AppComponent {
  readonly port: number;
  /** The address that it listens on: loopback where its sidecar has the host's. */
  readonly address: string;
  readonly script: AppSettings;
  readonly protocol: ProtocolName;
  /** How it speaks Thrift, where it does. */
  readonly thrift: ThriftSettings | undefined;
  /** Called all at once for every request, before it is answered. */
  readonly calls: readonly Call[];
}

/** One service as an application calls it. */
export interface Call {
  readonly endpoint: Endpoint;
  readonly authority: string;
  /** How long its answer may take: as long as the load waits for one. */
  readonly timeout: Nanos;
}

/** As Envoy names it. */
export interface ThriftManner {
  readonly transport: 'FRAMED' | 'UNFRAMED' | 'HEADER';
  readonly protocol: 'BINARY' | 'COMPACT';
  readonly routes: 'listener' | 'trds';
}

/** The process that tells sidecars of everything. */
export interface ControlPlaneComponent {
  readonly kind: 'xds' | 'istiod';
  /** How it is told of the services that are made up. */
  readonly serviceKind: ServicesSettings['kind'];
  readonly endpoint: Endpoint;
  /** Where endpoints come from that have a server of their own; absent where all comes from one. */
  readonly eds?: Endpoint;
  /** In which sidecars ask. */
  readonly dialect: 'delta' | 'sotw';
  /** Services that are made up when it starts. */
  readonly generated: Omit<GeneratedServices, 'seed'>;
  /** How long sidecars wait for what a resource refers to, as Envoy writes durations. */
  readonly fetchTimeout: string;
  /** Sidecars ask for clusters of services that they are not shown when a request comes. */
  readonly onDemand: boolean;
  /** How Thrift is spoken and its routes are told; absent where HTTP is spoken. */
  readonly thrift?: ThriftManner;
  /** The service that the load calls: what changes of its routes, harms requests. */
  readonly called: { readonly name: string; readonly namespace: string };
  /** The topology's services, and what each workload may see. */
  readonly objects: readonly IstioObject[];
  /** The sidecars that will ask it. */
  readonly sidecars: readonly SidecarNode[];
}

/** A process of light clients, which ask the control plane for everything as sidecars do. */
export interface CrowdComponent {
  readonly server: Endpoint;
  /** The address that they all have. */
  readonly address: string;
  readonly members: number;
  /** The workload that they claim to be beside, and its namespace. */
  readonly app: string;
  readonly namespace: string;
  readonly protocol: 'delta' | 'sotw';
}

/** A sidecar as it introduces itself: as Istio's do. */
export interface SidecarNode extends SidecarPlace {
  readonly app: string;
  readonly address: string;
  readonly mode: InterceptionMode;
}

/** A proxy beside a workload. */
export interface Sidecar {
  readonly concurrency: number;
  /** Processors that it may use; undefined is unlimited. */
  readonly cpuLimit: number | undefined;
  /** The user that it runs as where packet rules tell it by that; undefined is the host's own. */
  readonly uid: number | undefined;
  /** True where it marks its packets or takes those of others: that needs NET_ADMIN. */
  readonly netAdmin: boolean;
  /** True where a control plane sends its configuration: it is ready when it has all of it. */
  readonly dynamic: boolean;
  /** The admin socket's name in the host's folder. */
  readonly adminSocket: string;
  /** Counters worth keeping per trial: prefixes of Envoy's names. */
  readonly counters: readonly string[];
  /** Places that every answered request must have passed. */
  readonly passes: readonly Passage[];
  /** Counters of its Thrift proxies and of the clusters behind them, which must agree with the load's; empty without one on the way. */
  readonly thriftCounters: readonly ThriftCounters[];
  /** How often all its stats are read during the measurement, ns; 0 never. */
  readonly scrape: number;
  /** Envoy's bootstrap, as the JSON that is written to its file and kept beside the report. */
  readonly bootstrap: Readonly<Record<string, unknown>>;
}

/** What is counted of Thrift at one place, by Envoy's names: a listener's proxy, or the cluster that it calls. */
export interface ThriftCounters {
  readonly direction: 'outbound' | 'inbound';
  readonly calls: string;
  readonly oneways: string;
  readonly successes: string;
  /** Declared exceptions. */
  readonly errors: string;
  /** Application exceptions. */
  readonly exceptions: string;
  /** Calls that were answered here before they were whole, and are not among the calls; undefined where there are none. */
  readonly unfinished: string | undefined;
  /** Application exceptions that were made here: those calls went no further. Undefined where none are. */
  readonly own: string | undefined;
}

/** A place on the way, as a proxy counts what passes it. */
export interface Passage {
  /** Counters whose sum tells how many requests passed. */
  readonly counters: readonly string[];
  /** How many pass for each request of the load: more than one where applications call several services. */
  readonly times: number;
  /** Where requests are spread over several sidecars, the name that these have in common: they count together. */
  readonly among?: string;
}

/** A service by name, its port and the hosts that serve it. */
export interface Service {
  readonly name: string;
  readonly port: number;
  readonly endpoints: readonly Endpoint[];
}

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** A certificate in the mesh: who holds it and for which identity. Keys never leave the host's folder. */
export interface Certificate {
  readonly host: string;
  /** SPIFFE id, for example spiffe://cluster.local/ns/default/sa/server. */
  readonly identity: string;
  readonly certificatePath: string;
  readonly keyPath: string;
  readonly authorityPath: string;
}
