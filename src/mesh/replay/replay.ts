import { clientOf, type Interception, type Settings, type Workload } from '../../scenario/index.ts';
import { BenchError } from '../../units/index.ts';
import { describePath } from '../describe.ts';
import { interception } from '../interception.ts';
import type { Endpoint, Mesh, MeshHost } from '../mesh.ts';
import type { Json } from '../sidecar-plan.ts';
import { bootstrapOf, inCounter, statName } from './bootstrap.ts';
import { isReplayed } from './check.ts';
import { aside, marked, towards } from './clusters.ts';
import { type Entry, findEntry, nameOf } from './entry.ts';
import { object, text } from './json.ts';
import { isPlaceable, placeListeners } from './listeners.ts';
import { Notes, some } from './notes.ts';
import { resolve } from './resolve.ts';
import type { ReplaySource } from './source.ts';

/** What a user asks to be replayed. */
export interface Replay {
  readonly source: ReplaySource;
  /** The listener by which requests come in; undefined is chosen. */
  readonly listener: string | undefined;
  /** The host that requests name; undefined is chosen. */
  readonly authority: string | undefined;
}

/** The mesh with the user's configuration in it, or everything that is in the way. */
export type Replayed =
  | { readonly mesh: Mesh; readonly complaints?: never }
  | { readonly mesh?: never; readonly complaints: readonly string[] };

/**
 * Puts a user's configuration in place of ours into the client's sidecar, and leads the load through it to the scenario's
 * service. A mesh whose client has no sidecar stays as it is. Pure.
 */
export function replayMesh(mesh: Mesh, workloads: readonly Workload[], settings: Settings, replay: Replay): Replayed {
  const way = settings.mesh.outbound;
  const client = clientOf(workloads);
  const service = mesh.services.find(({ name }) => name === client?.calls[0]);
  const endpoint = service?.endpoints[0];
  if (way === 'none' || !isReplayed(workloads, settings.mesh)) return { mesh };
  if (client === undefined || service === undefined || endpoint === undefined) return { mesh };
  const notes = new Notes();
  const listeners = resolvedListeners(mesh, replay.source, notes);
  const found = findEntry(listeners, {
    listener: replay.listener,
    authority: replay.authority,
    ownAuthority: mesh.authority,
    port: service.port,
    path: settings.load.path,
  });
  if ('complaint' in found) return { complaints: [found.complaint] };
  const { entry } = found;
  const complaints = missingClusters(replay.source, entry);
  if (complaints.length > 0) return { complaints };
  const placed = placeListeners(listeners, entry, way, endpoint, notes);
  const host = replayHost(mesh, workloads, settings, { source: replay.source, entry, endpoint, notes, ...placed });
  const words = `a replayed ${replay.source.kind} by its listener ${nameOf(listeners[entry.index])} as ${entry.authority}`;
  return {
    mesh: {
      ...mesh,
      hosts: mesh.hosts.map((one) => (one.load ? host : one)),
      target: placed.target,
      authority: entry.authority,
      path: describePath(client, service, workloads, settings.mesh, words),
      notes: notes.sentences().map((sentence) => `replay: ${sentence}`),
    },
  };
}

function hostOf(mesh: Mesh): MeshHost | undefined {
  return mesh.hosts.find(({ load }) => load);
}

function resolvedListeners(mesh: Mesh, source: ReplaySource, notes: Notes): readonly Json[] {
  const folder = hostOf(mesh)?.folder ?? '';
  return source.listeners.flatMap((listener) => {
    if (isPlaceable(listener)) return [resolve(listener, source, folder, notes)];
    notes.add('listeners left out, since they are not on TCP', nameOf(listener));
    return [];
  });
}

function missingClusters({ clusters }: ReplaySource, { reach }: Entry): readonly string[] {
  const names = new Set(clusters.map(({ name }) => name));
  const missing = reach.answering.filter((name) => !names.has(name));
  return missing.length === 0
    ? []
    : [`routes of the entry lead to clusters that the file does not have: ${some(missing)}`];
}

interface Parts {
  readonly source: ReplaySource;
  readonly entry: Entry;
  /** The service, to which the clusters on the way lead. */
  readonly endpoint: Endpoint;
  readonly listeners: readonly Json[];
  /** Where the client connects to. */
  readonly target: Endpoint;
  readonly notes: Notes;
}

/** The client's host: packet rules for where it connects to, and the sidecar with its proof of the path. */
function replayHost(mesh: Mesh, workloads: readonly Workload[], settings: Settings, parts: Parts): MeshHost {
  const host = hostOf(mesh);
  const { sidecar } = host ?? {};
  if (host === undefined || sidecar === undefined) {
    throw new BenchError('internal', 'REPLAY_WITHOUT_SIDECAR', 'the mesh has no sidecar beside its client');
  }
  const { source, entry, notes } = parts;
  const mark = settings.mesh.exempt === 'mark' && isByPacket(settings.mesh.outbound);
  const clusters = source.clusters.map((cluster) => {
    const led = leadCluster(cluster, parts);
    const resolved = resolve(led, source, host.folder, notes);
    return mark && object(resolved['upstream_bind_config']) !== undefined
      ? { ...resolved, upstream_bind_config: marked(resolved['upstream_bind_config']) }
      : resolved;
  });
  const answering = source.clusters.filter(({ name }) => entry.reach.answering.includes(text(name) ?? ''));
  const requests = `http.${inCounter(entry.statPrefix)}.downstream_rq_`;
  const upstream = [...new Set(answering.map((cluster) => `cluster.${statName(cluster)}.upstream_rq_`))];
  const surroundings = {
    adminSocket: `${host.folder}/${sidecar.adminSocket}`,
    mark,
    counters: [requests, ...upstream],
  };
  return {
    ...host,
    ...interception({
      address: host.address,
      index: mesh.hosts.indexOf(host),
      of: workloads.length,
      port: undefined,
      servicePorts: [parts.target.port],
      calledPorts: [parts.target.port],
      directions: { outbound: true, inbound: false },
      mesh: settings.mesh,
    }),
    sidecar: {
      ...sidecar,
      counters: [`http.${inCounter(entry.statPrefix)}.`, ...upstream, 'server.'],
      passes: [
        { counters: [`${requests}total`], times: 1 },
        { counters: upstream.map((prefix) => `${prefix}total`), times: 1 },
      ],
      bootstrap: {
        ...bootstrapOf(source.bootstrap, surroundings, notes),
        static_resources: { listeners: parts.listeners, clusters },
      },
    },
  };
}

function leadCluster(cluster: Json, { source, entry, endpoint, notes }: Parts): Json {
  const name = text(cluster['name']) ?? '';
  if (entry.reach.answering.includes(name)) {
    notes.add('clusters that lead to the scenario’s service', name);
    return towards(cluster, endpoint, notes);
  }
  if (entry.reach.mirrored.includes(name)) {
    notes.add('clusters that lead copies of requests to the scenario’s service, which answers them too', name);
    return towards(cluster, endpoint, notes);
  }
  return aside(cluster, source.endpoints, notes);
}

function isByPacket(way: Interception): boolean {
  return way === 'redirect' || way === 'tproxy';
}
