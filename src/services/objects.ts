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
    readonly endpoints: readonly WorkloadAddress[];
  };
}

export interface ServicePort {
  readonly number: number;
  readonly name: string;
  readonly protocol: 'HTTP';
}

/** An address that serves, and its own port where that is not the service's. */
export interface WorkloadAddress {
  readonly address: string;
  readonly ports?: Readonly<Record<string, number>>;
}

/** What the sidecars of a namespace, or those of some workloads in it, are told of. */
export interface Sidecar {
  readonly kind: 'Sidecar';
  readonly metadata: Metadata;
  readonly spec: {
    /** Without it, all workloads of the namespace. */
    readonly workloadSelector?: { readonly labels: Readonly<Record<string, string>> };
    /** `namespace/host`; `.` is the Sidecar's own namespace, `*` any of either, `*.` begins a host of any name. */
    readonly egress: readonly {
      readonly hosts: readonly string[];
      /** Where the listeners of these hosts' ports listen; without it where the way of the traffic has them. */
      readonly bind?: string;
    }[];
  };
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
  readonly match?: readonly { readonly uri: { readonly prefix: string } }[];
  readonly route: readonly [{ readonly destination: { readonly host: string } }];
  /** As Istio writes durations, for example `15s`; without it none. */
  readonly timeout?: string;
}

export type IstioObject = ServiceEntry | Sidecar | VirtualService;
