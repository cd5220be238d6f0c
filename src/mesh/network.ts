import { SIDECAR_PORTS } from '../scenario/index.ts';

/** The range reserved for benchmarks, RFC 2544: nothing beyond a run's own network answers there. */
export const NETWORK = '198.18.0.0/15';
const FIRST_ADDRESS = 10;

/** The address of the host at a place of the topology. */
export function addressOf(index: number): string {
  return `198.18.0.${FIRST_ADDRESS + index}`;
}

/** Ports that packets are led to, and marks that they carry. The ports, 1337 and 133 are those that Istio uses. */
export const { outbound: OUTBOUND_PORT, inbound: INBOUND_PORT } = SIDECAR_PORTS;
/** On Envoy's own connections, so that they are not led back into it. */
export const ENVOY_MARK = 1337;
/** On connections that an inbound sidecar makes with its caller's address, and on the answers to them. */
export const ORIGINAL_SOURCE_MARK = 1338;
/** On packets that are led to the loopback, where TPROXY takes them. */
export const DIVERT_MARK = 7;
export const LOCAL_TABLE = 133;
/** The user that Envoy runs as where packet rules tell it by that. */
export const ENVOY_UID = 1337;

/** Where an application listens whose sidecar has the host's own address. */
export const APP_BEHIND_LISTENER = '127.0.0.2';
/** Where an outbound sidecar listens for its services. */
export const OUTBOUND_LISTENER = '127.0.0.1';
/** The source of an inbound sidecar's connections to its application, by which Istio's rules tell them. */
export const INBOUND_SOURCE = '127.0.0.6';
