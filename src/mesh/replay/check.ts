import {
  type ControlPlaneSettings,
  clientOf,
  type MeshSettings,
  type ProtocolName,
  sidecarDirections,
  type Workload,
} from '../../scenario/index.ts';

/** A variant, as far as its sidecars go. */
export interface ReplayedVariant {
  readonly name: string;
  readonly settings: {
    readonly mesh: MeshSettings;
    readonly protocol?: ProtocolName;
    readonly controlPlane?: Pick<ControlPlaneSettings, 'kind'>;
  };
}

/** Why a variant's sidecars cannot be a user's one; empty where they can, or where it has none. */
export function variantComplaints(
  { name, settings }: ReplayedVariant,
  workloads: readonly Workload[],
): readonly string[] {
  const { mesh } = settings;
  const client = clientOf(workloads);
  const others = workloads.filter((workload) => workload !== client && hasSidecar(workload, mesh));
  if (others.length === 0 && !isReplayed(workloads, mesh)) return [];
  const { accessLog, tracing, stats } = mesh.telemetry;
  const told = [
    ...(accessLog ? ['accessLog'] : []),
    ...(tracing > 0 ? ['tracing'] : []),
    ...(stats === 'all' ? ['stats'] : []),
  ];
  return [
    ...(settings.protocol === undefined || settings.protocol === 'http'
      ? []
      : [`variant "${name}" has protocol: ${settings.protocol}, but a replay is of HTTP/1.1`]),
    ...((settings.controlPlane?.kind ?? 'none') !== 'none'
      ? [`variant "${name}" has its sidecar configured by a control plane: a replayed configuration asks none`]
      : []),
    ...(others.length === 0
      ? []
      : [
          `variant "${name}" has a sidecar beside ${others.map((one) => one.name).join(', ')}: a replay has the client's alone`,
        ]),
    ...told.map((field) => `variant "${name}" sets mesh.telemetry.${field}, which the replayed configuration decides`),
  ];
}

/** True where the client of a variant has the sidecar that a replay replaces. */
export function isReplayed(workloads: readonly Workload[], mesh: MeshSettings): boolean {
  const client = clientOf(workloads);
  return client !== undefined && sidecarDirections(client, mesh).outbound;
}

function hasSidecar(workload: Workload, mesh: MeshSettings): boolean {
  const { outbound, inbound } = sidecarDirections(workload, mesh);
  return outbound || inbound;
}
