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
    readonly egress: readonly { readonly hosts: readonly string[] }[];
  };
}

export type IstioObject = ServiceEntry | Sidecar;
