import { harmless } from '../../scenario/index.ts';
import type { Json } from '../sidecar-plan.ts';
import { at, object, objects, only, text, texts, typeOf } from './json.ts';
import { some } from './notes.ts';
import { type Reach, reach } from './reach.ts';

/** Where in a listener an HTTP connection manager is: its chain, `default` for the one without a number, and filter. */
export interface Place {
  readonly chain: number | 'default';
  readonly filter: number;
}

/** Through which listener, and as what, the load's requests come in. */
export interface Entry {
  /** Its place among all listeners. */
  readonly index: number;
  readonly place: Place;
  readonly authority: string;
  /** The connection manager's `stat_prefix`. */
  readonly statPrefix: string;
  readonly reach: Reach;
}

/** What the entry is looked for by. */
export interface Wanted {
  /** The listener's name; undefined is the best one. */
  readonly listener: string | undefined;
  /** As requests name their host; undefined is what the routes name. */
  readonly authority: string | undefined;
  /** The scenario's own authority, where routes are for any host. */
  readonly ownAuthority: string;
  /** The service's port: of two listeners the one on it is meant. */
  readonly port: number;
  readonly path: string;
}

/** A host of a request: a name or an address, and perhaps a port. */
const HOST = /^[A-Za-z0-9._~|!$&'()+,;=:[\]-]{1,255}$/u;

/** True for what may stand in a request's Host. */
export function isHost(authority: string): boolean {
  return HOST.test(authority);
}

interface Candidate extends Entry {
  /** The higher, the more certainly it is the one that is meant. */
  readonly rank: number;
}

/** The entry that is asked for, or why there is none. */
export function findEntry(
  listeners: readonly Json[],
  wanted: Wanted,
): { readonly entry: Entry } | { readonly complaint: string } {
  const candidates = listeners.flatMap((listener, index) => {
    const meant =
      wanted.listener === undefined ? listener['traffic_direction'] !== 'INBOUND' : isNamed(listener, wanted);
    return meant ? candidatesOf(listener, index, wanted) : [];
  });
  const [best] = candidates.toSorted((one, other) => other.rank - one.rank);
  if (best === undefined) return { complaint: noEntry(listeners, wanted) };
  const { complaint } = best.reach;
  if (complaint === undefined) return { entry: best };
  const where = `listener ${nameOf(listeners[best.index])}, host ${best.authority}`;
  return { complaint: `requests cannot pass by ${harmless(where)}: ${harmless(complaint)}` };
}

/** A listener's name in messages. */
export function nameOf(listener: Json | undefined): string {
  return text(listener?.['name']) ?? 'without a name';
}

function isNamed(listener: Json, wanted: Wanted): boolean {
  return text(listener['name']) === wanted.listener;
}

function noEntry(listeners: readonly Json[], { listener, authority }: Wanted): string {
  const names = listeners.flatMap(({ name }) => text(name) ?? []);
  if (listener !== undefined && !names.includes(listener)) {
    return `--replay-listener names "${harmless(listener)}", which is no listener of the file; there are ${some(names)}`;
  }
  const which = listener === undefined ? 'no outbound listener' : `the listener ${harmless(listener)} has none that`;
  const what = 'has an HTTP connection manager with routes';
  const subject = listener === undefined ? `${which} ${what}` : `${which} is an HTTP connection manager with routes`;
  return authority === undefined ? subject : `${subject} for the host "${harmless(authority)}"`;
}

function candidatesOf(listener: Json, index: number, wanted: Wanted): readonly Candidate[] {
  return managersOf(listener).flatMap(({ place, manager }) => {
    const table = object(manager['route_config']);
    const statPrefix = text(manager['stat_prefix']);
    if (table === undefined || statPrefix === undefined || manager['codec_type'] === 'HTTP3') return [];
    const onPort = at(listener, 'address', 'socket_address', 'port_value') === wanted.port ? 1 : 0;
    // Of listeners for any host, Istio's own for metrics and health name no direction.
    const outbound = listener['traffic_direction'] === 'OUTBOUND' ? 1 : 0;
    return hostsOf(manager, table, wanted).map(({ authority, virtualHost, certainty }) => {
      const reached = reach(virtualHost, table, wanted.path);
      const passes = reached.complaint === undefined ? 1 : 0;
      return {
        index,
        place,
        authority,
        statPrefix,
        reach: reached,
        rank: certainty * 8 + passes * 4 + onPort * 2 + outbound,
      };
    });
  });
}

function managersOf(listener: Json): readonly { readonly place: Place; readonly manager: Json }[] {
  const chains: readonly (readonly [Place['chain'], Json])[] = [
    ...objects(listener['filter_chains']).map((chain, index) => [index, chain] as const),
    ...only(listener['default_filter_chain']).map((chain) => ['default', chain] as const),
  ];
  return chains.flatMap(([chain, { filters }]) =>
    objects(filters).flatMap((filter, index) => {
      const manager = object(filter['typed_config']);
      if (manager === undefined || typeOf(manager) !== 'HttpConnectionManager') return [];
      return [{ place: { chain, filter: index }, manager }];
    }),
  );
}

interface HostChoice {
  readonly authority: string;
  readonly virtualHost: Json;
  /** 3: this very host; 2: one of its kind; 1: any. */
  readonly certainty: number;
}

function hostsOf(manager: Json, table: Json, wanted: Wanted): readonly HostChoice[] {
  const choices = objects(table['virtual_hosts']).flatMap((virtualHost) =>
    texts(virtualHost['domains']).flatMap((domain): readonly HostChoice[] => {
      if (wanted.authority !== undefined) {
        const certainty = certaintyOf(domain, namesOf(wanted.authority, manager, table));
        return certainty === 0 ? [] : [{ authority: wanted.authority, virtualHost, certainty }];
      }
      if (domain === '*') return [{ authority: wanted.ownAuthority, virtualHost, certainty: 1 }];
      return isHost(domain) ? [{ authority: domain, virtualHost, certainty: 3 }] : [];
    }),
  );
  if (wanted.authority === undefined) return choices;
  // Envoy takes the most specific domain, so that no other can be reached.
  const best = Math.max(0, ...choices.map(({ certainty }) => certainty));
  return choices.filter(({ certainty }) => certainty === best).slice(0, 1);
}

/** A host as the routes may know it: with its port, and without where Envoy takes it off. */
function namesOf(authority: string, manager: Json, table: Json): readonly string[] {
  const strips =
    manager['strip_any_host_port'] === true ||
    manager['strip_matching_host_port'] === true ||
    table['ignore_port_in_host_matching'] === true;
  const host = authority.toLowerCase();
  return strips ? [host, host.replace(/:\d+$/u, '')] : [host];
}

function certaintyOf(domain: string, names: readonly string[]): number {
  const own = domain.toLowerCase();
  if (own === '*') return 1;
  if (names.includes(own)) return 3;
  if (own.startsWith('*')) return names.some((name) => name.endsWith(own.slice(1))) ? 2 : 0;
  if (own.endsWith('*')) return names.some((name) => name.startsWith(own.slice(0, -1))) ? 2 : 0;
  return 0;
}
