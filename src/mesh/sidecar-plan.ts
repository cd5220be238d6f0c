import type { MeshSettings, ProtocolName, SidecarPlace, ThriftSettings } from '../scenario/index.ts';
import type { Certificate, Endpoint, Service } from './mesh.ts';

/** A part of Envoy's configuration. */
export type Json = Readonly<Record<string, unknown>>;

/** How a sidecar speaks to its control plane. */
export interface ControlPlaneAccess extends Endpoint {
  readonly protocol: 'delta' | 'sotw';
  /** The port of the server of endpoints alone; undefined where there is none. */
  readonly edsPort: number | undefined;
}

/** What a sidecar does, from which its configuration follows. */
export interface SidecarPlan {
  /** The workload beside which it runs. */
  readonly name: string;
  /** Where its pod is, as a control plane is told. */
  readonly place: SidecarPlace;
  /** The host's own address. */
  readonly address: string;
  readonly folder: string;
  readonly adminSocket: string;
  readonly mesh: MeshSettings;
  readonly protocol: ProtocolName;
  /** How the traffic speaks Thrift, where it does. */
  readonly thrift: ThriftSettings | undefined;
  /** Services that it leads to; empty without an outbound direction. */
  readonly outbound: readonly Service[];
  /** Its own application, where it has an inbound direction. */
  readonly inbound: Endpoint | undefined;
  /** What it shows and checks where sidecars speak TLS. */
  readonly certificate: Certificate | undefined;
  /** Who tells it all but this; undefined where its configuration is whole. */
  readonly controlPlane: ControlPlaneAccess | undefined;
  /** Where its listeners are, other than sidecars of its kind have them: a control plane binds them there. */
  readonly bind: string | undefined;
  /** Where its spans go, where it traces. */
  readonly collector: Endpoint | undefined;
}

/** SPIFFE id of a workload, as Istio gives it. */
export function identityOf(workload: string): string {
  return `spiffe://cluster.local/ns/default/sa/${workload}`;
}
