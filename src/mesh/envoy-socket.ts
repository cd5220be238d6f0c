import type { Endpoint } from './mesh.ts';
import type { Json } from './sidecar-plan.ts';

/** SOL_SOCKET and SO_MARK of Linux. */
const SOL_SOCKET = 1;
const SO_MARK = 36;

/** An address in Envoy's configuration. */
export function socketAddress({ address, port }: Endpoint): Json {
  return { socket_address: { address, port_value: port } };
}

/** The socket option that marks every packet; setting it needs NET_ADMIN. */
export function markOption(mark: number): Json {
  return { description: 'SO_MARK', level: SOL_SOCKET, name: SO_MARK, int_value: mark, state: 'STATE_PREBIND' };
}
