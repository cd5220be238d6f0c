import { buildMesh, isReplayed, type Mesh, type Replay, replayMesh, variantComplaints } from '../mesh/index.ts';
import type { Plan, Variant } from '../plan/index.ts';
import { BenchError } from '../units/index.ts';

/**
 * The mesh of every variant, by its name, with the user's configuration in the client's sidecar where there is one.
 * @throws BenchError usage, with everything that is in the way of replaying it.
 */
export function buildMeshes(
  { scenario, variants }: Pick<Plan, 'scenario' | 'variants'>,
  replay: Replay | undefined,
): ReadonlyMap<string, Mesh> {
  const meshes = new Map(variants.map((variant) => [variant.name, buildMesh(scenario, variant.settings)]));
  if (replay === undefined) return meshes;
  const { workloads } = scenario;
  const refused = variants.map((variant) => [variant, variantComplaints(variant, workloads)] as const);
  const complaints = new Set(refused.flatMap(([, own]) => own));
  if (!variants.some(({ settings }) => isReplayed(workloads, settings.mesh))) {
    complaints.add('no variant has a sidecar beside the client: there is nothing to replace');
  }
  const result = new Map<string, Mesh>();
  for (const [name, mesh] of meshes) {
    const settings = variants.find((variant) => variant.name === name)?.settings;
    const replayed = settings === undefined ? { mesh } : replayMesh(mesh, workloads, settings, replay);
    for (const complaint of replayed.complaints ?? []) complaints.add(complaint);
    result.set(name, replayed.mesh ?? mesh);
  }
  if (complaints.size > 0) throw refusal([...complaints], refused);
  return result;
}

function refusal(
  complaints: readonly string[],
  refused: readonly (readonly [Variant, readonly string[]])[],
): BenchError {
  const good = [...new Set(refused.flatMap(([{ base }, own]) => (own.length === 0 ? [base] : [])))];
  const choose =
    good.length === refused.length || good.length === 0 ? [] : [`measure the others by --variants ${good.join(',')}`];
  const hint = [...choose, '--replay-listener and --replay-authority choose how requests come in; see docs/replay.md'];
  const message = `the configuration cannot be replayed here:\n${complaints.map((one) => `  - ${one}`).join('\n')}`;
  return new BenchError('usage', 'REPLAY_REFUSED', message, { hint: hint.join('; ') });
}

/** What was changed of a replayed configuration, over all variants, each once. */
export function replayNotes(meshes: ReadonlyMap<string, Mesh>): readonly string[] {
  return [...new Set([...meshes.values()].flatMap(({ notes }) => notes))];
}
