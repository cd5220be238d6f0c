import { buildMesh, type Mesh, type MeshHost } from '../../src/mesh/index.ts';
import { DEFAULT_SETTINGS, type MeshSettings, type Settings, type Workload } from '../../src/scenario/index.ts';

/** A client that calls a server on port 8080. */
export const PAIR: readonly Workload[] = [
  { name: 'client', port: undefined, calls: ['server'] },
  { name: 'server', port: 8080, calls: [] },
];

/** The default settings with other ones of the mesh. */
export function settings(mesh: Partial<MeshSettings>): Settings {
  return { ...DEFAULT_SETTINGS, mesh: { ...DEFAULT_SETTINGS.mesh, ...mesh } };
}

/** The mesh of such settings. */
export function meshOf(mesh: Partial<MeshSettings>, workloads: readonly Workload[] = PAIR): Mesh {
  return buildMesh({ workloads }, settings(mesh));
}

/** A host of a mesh by its name. */
export function hostOf({ hosts }: Mesh, name: string): MeshHost {
  const found = hosts.find((host) => host.name === name);
  if (found === undefined) throw new RangeError(`no host ${name}`);
  return found;
}

const WAYS = ['none', 'listener', 'redirect', 'tproxy'] as const;

/** Every setting of interception, exemption and TLS that can be measured, with the given telemetry. */
export function allSettings(telemetry: MeshSettings['telemetry']): readonly MeshSettings[] {
  const product = WAYS.flatMap((outbound) =>
    WAYS.flatMap((inbound) =>
      [true, false].flatMap((conntrack) =>
        [true, false].flatMap((originalSource) =>
          (['mark', 'uid'] as const).flatMap((exempt) =>
            (['none', 'mutual'] as const).map((tls) => ({
              ...DEFAULT_SETTINGS.mesh,
              ...{ outbound, inbound, conntrack, originalSource, exempt, tls, telemetry },
            })),
          ),
        ),
      ),
    ),
  );
  return product.filter(canBe);
}

function canBe({ outbound, inbound, conntrack, originalSource, tls }: MeshSettings): boolean {
  const used = [outbound, inbound];
  if (originalSource && inbound !== 'tproxy') return false;
  if (!conntrack && (used.includes('redirect') || !used.includes('tproxy'))) return false;
  return tls === 'none' || !used.includes('none');
}
