/**
 * Istio's own objects (`networking.istio.io/v1`), as far as they are understood here: the fields that are read, by the
 * names that Istio's reference gives them.
 */
export interface Metadata {
  readonly name: string;
  readonly namespace: string;
}

/** Makes hosts known to the mesh, with the addresses that serve them. */
export interface ServiceEntry {
  readonly kind: 'ServiceEntry';
  readonly metadata: Metadata;
  readonly spec: {
    readonly hosts: readonly string[];
    readonly ports: readonly ServicePort[];
    readonly location: 'MESH_INTERNAL' | 'MESH_EXTERNAL';
    readonly resolution: 'STATIC';
    /** Those of {@link workloadSelector} where there is one. */
    readonly endpoints: readonly WorkloadAddress[];
    /** Its addresses are those of the namespace's WorkloadEntries that have these labels. */
    readonly workloadSelector?: { readonly labels: Labels };
  };
}

export type Labels = Readonly<Record<string, string>>;

/** An address that serves, for whichever ServiceEntry of its namespace selects its labels. */
export interface WorkloadEntry {
  readonly kind: 'WorkloadEntry';
  readonly metadata: Metadata;
  readonly spec: WorkloadAddress;
}

export interface ServicePort {
  readonly number: number;
  readonly name: string;
  readonly protocol: 'HTTP' | 'THRIFT';
}

/** An address that serves, and its own ports by name where they are not the service's. */
export interface WorkloadAddress {
  readonly address: string;
  readonly ports?: Readonly<Record<string, number>>;
  /** By which subsets and selectors find it. */
  readonly labels?: Labels;
  /** Its share among those of its service; 1 without it. */
  readonly weight?: number;
}

/** What the sidecars of a namespace, or those of some workloads in it, are told of. */
export interface Sidecar {
  readonly kind: 'Sidecar';
  readonly metadata: Metadata;
  readonly spec: {
    /** Without it, all workloads of the namespace. */
    readonly workloadSelector?: { readonly labels: Labels };
    /** `namespace/host`; `.` is the Sidecar's own namespace, `*` any of either, `*.` begins a host of any name. */
    readonly egress: readonly {
      readonly hosts: readonly string[];
      /** Where the listeners of these hosts' ports listen; without it where the way of the traffic has them. */
      readonly bind?: string;
    }[];
    /** What becomes of requests for hosts that are not shown; they go to where they were going without it. */
    readonly outboundTrafficPolicy?: OutboundTrafficPolicy;
  };
}

export interface OutboundTrafficPolicy {
  /** `REGISTRY_ONLY` refuses them. */
  readonly mode?: 'ALLOW_ANY' | 'REGISTRY_ONLY';
  /** They go to this service, whose proxy knows all. */
  readonly egressProxy?: { readonly host: string; readonly port: { readonly number: number } };
}

/** How the requests for hosts are routed: by the first rule that matches. */
export interface VirtualService {
  readonly kind: 'VirtualService';
  readonly metadata: Metadata;
  readonly spec: {
    readonly hosts: readonly string[];
    readonly http: readonly HttpRule[];
  };
}

export interface HttpRule {
  readonly name?: string;
  /** Any of these; without it every request. */
  readonly match?: readonly { readonly uri: { readonly prefix: string } | { readonly exact: string } }[];
  /** One, or several by weight. */
  readonly route: readonly [Destined, ...Destined[]];
  /** As Istio writes durations, for example `15s`; without it none. */
  readonly timeout?: string;
}

export interface Destined {
  /** The port is the service's own where none is named. */
  readonly destination: {
    readonly host: string;
    readonly subset?: string;
    readonly port?: { readonly number: number };
  };
  readonly weight?: number;
}

/** How a host's requests are spread over its addresses, and what parts of these go by names of their own. */
export interface DestinationRule {
  readonly kind: 'DestinationRule';
  readonly metadata: Metadata;
  readonly spec: {
    readonly host: string;
    readonly trafficPolicy?: TrafficPolicy;
    readonly subsets?: readonly Subset[];
  };
}

/** Addresses with these labels; what its policy says wins over that of the rule. */
export interface Subset {
  readonly name: string;
  readonly labels: Labels;
  readonly trafficPolicy?: TrafficPolicy;
}

/** Durations are as protobuf writes them: `1.5s`. */
export interface TrafficPolicy {
  readonly loadBalancer?: { readonly simple: 'LEAST_REQUEST' | 'RANDOM' | 'ROUND_ROBIN' };
  readonly connectionPool?: {
    readonly tcp?: { readonly maxConnections?: number; readonly connectTimeout?: string };
    readonly http?: {
      readonly http1MaxPendingRequests?: number;
      readonly http2MaxRequests?: number;
      readonly maxRetries?: number;
    };
  };
  readonly outlierDetection?: {
    readonly consecutive5xxErrors?: number;
    readonly consecutiveGatewayErrors?: number;
    readonly interval?: string;
    readonly baseEjectionTime?: string;
    readonly maxEjectionPercent?: number;
    readonly minHealthPercent?: number;
  };
}

export type IstioObject = ServiceEntry | Sidecar | VirtualService | DestinationRule | WorkloadEntry;
