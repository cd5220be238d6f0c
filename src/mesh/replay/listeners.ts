import { isIPv4 } from 'node:net';
import type { Interception } from '../../scenario/index.ts';
import { socketAddress } from '../envoy-socket.ts';
import type { Endpoint } from '../mesh.ts';
import { OUTBOUND_LISTENER, OUTBOUND_PORT } from '../network.ts';
import type { Json } from '../sidecar-plan.ts';
import { type Entry, nameOf, type Place } from './entry.ts';
import { at, object, objects, text, texts, typeOf, without } from './json.ts';
import type { Notes } from './notes.ts';

/** Listeners as they are deployed, and where the client connects to. */
export interface Placed {
  readonly listeners: readonly Json[];
  readonly target: Endpoint;
}

const ANY = '0.0.0.0';

/** True for a listener that can be in a sandbox: on TCP. */
export function isPlaceable(listener: Json): boolean {
  const socket = at(listener, 'address', 'socket_address');
  return (
    object(socket) !== undefined && at(socket, 'protocol') !== 'UDP' && listener['udp_listener_config'] === undefined
  );
}

/**
 * Puts the entry where the interception brings the client's connections. A listener of its own is bound beside the
 * client; packets are led to the listener that hands connections on by their original destination where there is one,
 * as in Istio's sidecars, and to the entry itself where there is none.
 */
export function placeListeners(
  listeners: readonly Json[],
  entry: Entry,
  way: Exclude<Interception, 'none'>,
  service: Endpoint,
  notes: Notes,
): Placed {
  const opened = listeners.map((listener, index) =>
    index === entry.index ? openListener(listener, entry.place, notes) : beside(listener, notes),
  );
  if (way === 'listener') {
    const target = { address: OUTBOUND_LISTENER, port: service.port };
    return { listeners: move(opened, entry.index, target, BOUND, notes), target };
  }
  const led: Change = way === 'tproxy' ? { ...BOUND, set: { transparent: true } } : BOUND;
  const all = { address: ANY, port: OUTBOUND_PORT };
  const handing = opened.findIndex((listener, index) => index !== entry.index && handsOn(listener));
  if (handing === -1) return { listeners: move(opened, entry.index, all, led, notes), target: service };
  const own = addressOf(opened[entry.index]);
  const port = own?.port ?? service.port;
  const from = { address: own?.address === ANY ? ANY : service.address, port };
  return {
    listeners: move(move(opened, handing, all, led, notes), entry.index, from, UNBOUND, notes),
    target: { address: service.address, port },
  };
}

function handsOn(listener: Json): boolean {
  return listener['use_original_dst'] === true && listener['traffic_direction'] !== 'INBOUND';
}

function addressOf(listener: Json | undefined): Endpoint | undefined {
  const socket = at(listener, 'address', 'socket_address');
  const address = text(at(socket, 'address'));
  const port = at(socket, 'port_value');
  return address === undefined || typeof port !== 'number' ? undefined : { address, port };
}

/** What becomes of a listener where it is moved. */
interface Change {
  readonly drop: readonly string[];
  readonly set: Json;
}

const BOUND: Change = { drop: ['bind_to_port', 'deprecated_v1', 'additional_addresses'], set: {} };
const UNBOUND: Change = { drop: ['deprecated_v1', 'additional_addresses'], set: { bind_to_port: false } };

/** Gives a listener an address; who had it takes that listener's, since no two may have one. */
function move(
  listeners: readonly Json[],
  index: number,
  to: Endpoint,
  { drop, set }: Change,
  notes: Notes,
): readonly Json[] {
  const from = addressOf(listeners[index]);
  const stays = from?.address === to.address && from.port === to.port;
  return listeners.map((listener, other) => {
    const own = addressOf(listener);
    if (other === index) {
      if (!stays) notes.add(`listeners are at another address`, `${nameOf(listener)} at ${to.address}:${to.port}`);
      return { ...without(listener, ...drop), ...set, address: socketAddress(to) };
    }
    if (stays || from === undefined || own?.address !== to.address || own.port !== to.port) return listener;
    notes.add(`listeners are at another address`, `${nameOf(listener)} at ${from.address}:${from.port}`);
    return { ...listener, address: socketAddress(from) };
  });
}

/** A listener beside the way: not bound to addresses that only its own pod has. */
function beside(listener: Json, notes: Notes): Json {
  const own = addressOf(listener);
  const here = own !== undefined && isIPv4(own.address) && (own.address === ANY || own.address.startsWith('127.'));
  const kept = without(listener, 'additional_addresses');
  if (here || listener['bind_to_port'] === false) return kept;
  notes.add('listeners are not bound, since their address is not of this host', nameOf(listener));
  return { ...kept, bind_to_port: false };
}

/** Lets the load's plaintext HTTP/1.1 in by the chain that leads to the entry's connection manager. */
function openListener(listener: Json, place: Place, notes: Notes): Json {
  const chains = objects(listener['filter_chains']);
  const chosen = place.chain === 'default' ? object(listener['default_filter_chain']) : chains[place.chain];
  if (chosen === undefined) return listener;
  if (chosen['transport_socket'] !== undefined)
    notes.add('left out of the entry, which takes plaintext', 'transport_socket');
  const chain = speaksHttp1(without(chosen, 'transport_socket'), place.filter);
  if (place.chain === 'default') return { ...listener, default_filter_chain: chain };
  if (isMet(object(chain['filter_chain_match']) ?? {}, listener)) {
    return { ...listener, filter_chains: chains.map((one, index) => (index === place.chain ? chain : one)) };
  }
  notes.add('left out of the entry, which takes every connection', 'filter_chain_match');
  return {
    ...listener,
    filter_chains: chains.filter((_, index) => index !== place.chain),
    default_filter_chain: without(chain, 'filter_chain_match'),
  };
}

function speaksHttp1(chain: Json, filter: number): Json {
  const filters = objects(chain['filters']).map((one, index) => {
    const manager = object(one['typed_config']);
    if (index !== filter || manager?.['codec_type'] !== 'HTTP2') return one;
    return { ...one, typed_config: { ...manager, codec_type: 'AUTO' } };
  });
  return { ...chain, filters };
}

/** True where the load's connections are sure to meet a match: plaintext, HTTP/1.1 that is looked for, nothing else. */
function isMet(match: Json, listener: Json): boolean {
  const { transport_protocol: transport, application_protocols: protocols, ...others } = match;
  const plain = transport === undefined || transport === '' || transport === 'raw_buffer';
  const looked = objects(listener['listener_filters']).some(
    (filter) => typeOf(filter['typed_config']) === 'HttpInspector',
  );
  const http = protocols === undefined || (looked && texts(protocols).includes('http/1.1'));
  return plain && http && Object.keys(others).length === 0;
}
