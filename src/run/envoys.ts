import type { Mesh } from '../mesh/index.ts';
import type { Plan, Variant } from '../plan/index.ts';
import { DEFAULT_ENVOY_VERSION, type EnvoyBinary, prepareRun } from '../setup/index.ts';
import { runtimesOf } from './worlds.ts';

/** What decides which Envoys a run needs. */
export interface EnvoyRequest {
  readonly plan: Plan;
  readonly envoyBin: string | undefined;
  /** Paths of Envoys that variants bring along, by the variant's name. */
  readonly own: ReadonlyMap<string, string>;
  readonly say: (line: string) => void;
}

/** The Envoys of a run: of each variant its own, and each once by the name that the fingerprint has for it. */
export interface Envoys {
  readonly byVariant: ReadonlyMap<string, EnvoyBinary>;
  /** By version; one that a variant brings along by the variant's name. */
  readonly named: Readonly<Record<string, EnvoyBinary>>;
}

/** Every Envoy that the variants ask for, found or fetched, and whatever else the machine must have for them. */
export async function findEnvoys(request: EnvoyRequest, meshes: ReadonlyMap<string, Mesh>): Promise<Envoys> {
  const { own, plan, envoyBin, say } = request;
  const needing = plan.variants.filter(({ name }) =>
    meshes.get(name)?.hosts.some((host) => host.sidecar !== undefined),
  );
  const prepared = await prepareRun({
    ...(envoyBin === undefined ? {} : { envoyBin }),
    envoyVersions: [...new Set(needing.filter(({ name }) => !own.has(name)).map(versionOf))],
    sandbox: runtimesOf(plan).includes('sandbox'),
    packetRules: [...meshes.values()].flatMap(({ hosts }) => hosts.flatMap(({ rules }) => rules)),
    certificates: [...meshes.values()].some((mesh) => mesh.certificates.length > 0),
    say,
  });
  const named: Record<string, EnvoyBinary> = { ...prepared.envoys };
  const byVariant = new Map<string, EnvoyBinary>();
  for (const variant of needing) {
    const bin = own.get(variant.name);
    const version = versionOf(variant);
    const given = bin === undefined ? undefined : await prepareRun({ envoyBin: bin, envoyVersions: [version], say });
    const envoy = (given ?? prepared).envoys[version];
    if (envoy === undefined) continue;
    byVariant.set(variant.name, envoy);
    if (given !== undefined) named[variant.name] = envoy;
  }
  return { byVariant, named };
}

function versionOf({ settings }: Variant): string {
  return settings.mesh.envoy.version ?? DEFAULT_ENVOY_VERSION;
}
