import type { Mesh } from '../mesh/index.ts';
import type { Plan, Variant } from '../plan/index.ts';
import { DEFAULT_ENVOY_VERSION, type EnvoyBinary, prepareRun } from '../setup/index.ts';
import type { PulledPrograms } from './pulled.ts';
import { runtimesOf } from './worlds.ts';

/** What decides which Envoys a run needs. */
export interface EnvoyRequest {
  readonly plan: Plan;
  readonly envoyBin: string | undefined;
  /** Paths of Envoys that variants bring along, by the variant's name. */
  readonly own: ReadonlyMap<string, string>;
  /** Where Envoys that nobody named come from, if not from set-up. */
  readonly pulled: PulledPrograms | undefined;
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
  const pulled = envoyBin === undefined ? request.pulled : undefined;
  const versionOf = ({ settings }: Variant): string =>
    pulled?.versionOf(settings.mesh.envoy.version) ?? settings.mesh.envoy.version ?? DEFAULT_ENVOY_VERSION;
  const needing = plan.variants.filter(({ name }) =>
    meshes.get(name)?.hosts.some((host) => host.sidecar !== undefined),
  );
  const versions = [...new Set(needing.filter(({ name }) => !own.has(name)).map(versionOf))];
  const { envoys } = await prepareRun({
    ...(envoyBin === undefined ? {} : { envoyBin }),
    envoyVersions: pulled === undefined ? versions : [],
    sandbox: runtimesOf(plan).includes('sandbox'),
    packetRules: [...meshes.values()].flatMap(({ hosts }) => hosts.flatMap(({ rules }) => rules)),
    certificates: [...meshes.values()].some((mesh) => mesh.certificates.length > 0),
    say,
  });
  const named: Record<string, EnvoyBinary> = { ...envoys };
  if (pulled !== undefined) for (const version of versions) named[version] = await pulled.envoy(version);
  const byVariant = new Map<string, EnvoyBinary>();
  for (const variant of needing) {
    const bin = own.get(variant.name);
    const version = versionOf(variant);
    const given = bin === undefined ? undefined : await prepareRun({ envoyBin: bin, envoyVersions: [version], say });
    const envoy = given === undefined ? named[version] : given.envoys[version];
    if (envoy === undefined) continue;
    byVariant.set(variant.name, envoy);
    if (given !== undefined) named[variant.name] = envoy;
  }
  return { byVariant, named };
}
