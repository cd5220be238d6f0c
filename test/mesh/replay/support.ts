import assert from 'node:assert/strict';
import { buildMesh, type Mesh, type Replay, type Replayed, readSource, replayMesh } from '../../../src/mesh/index.ts';
import { DEFAULT_SETTINGS, type Settings, type Workload } from '../../../src/scenario/index.ts';
import { type DumpParts, dump, type Json } from './istio.ts';

export const WORKLOADS: readonly Workload[] = [
  { name: 'client', port: undefined, calls: ['server'] },
  { name: 'server', port: 8080, calls: [] },
];

export function settings(mesh: Partial<Settings['mesh']> = {}, load: Partial<Settings['load']> = {}): Settings {
  return {
    ...DEFAULT_SETTINGS,
    mesh: { ...DEFAULT_SETTINGS.mesh, outbound: 'listener', ...mesh },
    load: { ...DEFAULT_SETTINGS.load, ...load },
  };
}

/** How a dump is replayed. */
export interface Asked {
  readonly mesh?: Partial<Settings['mesh']>;
  readonly path?: string;
  readonly listener?: string;
  readonly authority?: string;
}

export function tryReplay(source: Replay['source'], asked: Asked = {}): Replayed {
  const own = settings(asked.mesh, asked.path === undefined ? {} : { path: asked.path });
  const { listener, authority } = asked;
  return replayMesh(buildMesh({ workloads: WORKLOADS }, own), WORKLOADS, own, { source, listener, authority });
}

/** The mesh of a replayed dump, which must be possible. */
export function replayDump(parts: DumpParts = {}, asked: Asked = {}): Mesh {
  const replayed = tryReplay(readSource('config-dump', dump(parts)), asked);
  assert.ok(replayed.mesh, replayed.complaints?.join());
  return replayed.mesh;
}

export function complaintsOf(parts: DumpParts = {}, asked: Asked = {}): readonly string[] {
  return tryReplay(readSource('config-dump', dump(parts)), asked).complaints ?? [];
}

interface Resources {
  readonly listeners: readonly Json[];
  readonly clusters: readonly Json[];
}

export function bootstrapOf(mesh: Mesh): Json {
  return mesh.hosts[0]?.sidecar?.bootstrap ?? {};
}

export function resources(mesh: Mesh): Resources {
  return bootstrapOf(mesh)['static_resources'] as Resources;
}

/** A cluster or a listener by its name. */
export function named(list: readonly Json[], name: string): Json {
  const found = list.find((one) => one['name'] === name);
  assert.ok(found, `${name} is not among ${list.map((one) => one['name']).join()}`);
  return found;
}
