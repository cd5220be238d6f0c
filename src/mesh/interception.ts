import type { MeshSettings, SidecarDirections } from '../scenario/index.ts';
import type { Intercept, MeshHost } from './mesh.ts';
import {
  DIVERT_MARK,
  ENVOY_MARK,
  ENVOY_UID,
  INBOUND_PORT,
  LOCAL_TABLE,
  NETWORK,
  ORIGINAL_SOURCE_MARK,
  OUTBOUND_PORT,
} from './network.ts';

/** What packet rules depend on. */
export interface Intercepted {
  readonly address: string;
  /** The host's place among all, and how many there are: their shares of the ephemeral ports are apart. */
  readonly index: number;
  readonly of: number;
  /** Where its own application is reached; undefined where it has none. */
  readonly port: number | undefined;
  /** Ports of all services of the mesh. */
  readonly servicePorts: readonly number[];
  /** Ports of the services that it calls. */
  readonly calledPorts: readonly number[];
  readonly directions: SidecarDirections;
  readonly mesh: MeshSettings;
}

type Rules = Pick<MeshHost, 'rules' | 'sysctls' | 'intercepts'>;
type Command = readonly string[];

const NONE: Rules = { rules: [], sysctls: {}, intercepts: [] };

/**
 * The packet rules of a host, in the manner of those that istio-iptables installs (its tools/istio-iptables/pkg/capture),
 * less what only other pods need. Pure.
 */
export function interception(host: Intercepted): Rules {
  const { directions, mesh } = host;
  return combine([
    directions.outbound ? outbound(host) : NONE,
    directions.inbound ? inbound(host) : NONE,
    usesTproxy(directions, mesh) ? TPROXY_ROUTING : NONE,
    { ...NONE, sysctls: ownPorts(host) },
  ]);
}

function usesTproxy(directions: SidecarDirections, mesh: MeshSettings): boolean {
  return (directions.outbound && mesh.outbound === 'tproxy') || (directions.inbound && mesh.inbound === 'tproxy');
}

/** Transparent sockets and marks need NET_ADMIN in Envoy itself. */
export function needsNetAdmin(directions: SidecarDirections, mesh: MeshSettings): boolean {
  return (
    usesTproxy(directions, mesh) || (directions.outbound && mesh.outbound === 'redirect' && mesh.exempt === 'mark')
  );
}

function combine(parts: readonly Rules[]): Rules {
  // Both directions need the same route, which can be added once only.
  const rules = new Map(parts.flatMap((part) => part.rules.map((rule) => [rule.join(' '), rule] as const)));
  return {
    rules: [...rules.values()],
    sysctls: Object.assign({}, ...parts.map(({ sysctls }) => sysctls)),
    intercepts: parts.flatMap(({ intercepts }) => intercepts),
  };
}

/** No word of a rule holds a space. */
function iptables(table: Intercept['table'], rule: string): Command {
  return `iptables -w 5 -t ${table} ${rule}`.split(' ');
}

function routeMarked(mark: number): Command {
  return `ip rule add fwmark ${mark} lookup ${LOCAL_TABLE}`.split(' ');
}

/** Matches what is not Envoy's own. */
function notEnvoy({ exempt }: MeshSettings): string {
  return exempt === 'uid' ? `-m owner ! --uid-owner ${ENVOY_UID}` : `-m mark ! --mark ${ENVOY_MARK}`;
}

/**
 * Matches what leaves the host. What goes to the host itself may be Envoy's, on its way to the application in its
 * caller's name, and is then marked for that.
 */
const LEAVING = `! -o lo -p tcp -d ${NETWORK}`;

function outbound({ mesh, calledPorts }: Intercepted): Rules {
  switch (mesh.outbound) {
    case 'none':
    case 'listener':
      return NONE;
    case 'redirect': {
      const jump = `-j REDIRECT --to-ports ${OUTBOUND_PORT}`;
      const rule = iptables('nat', `-A OUTPUT ${LEAVING} ${notEnvoy(mesh)} ${jump}`);
      return { ...NONE, rules: [rule], intercepts: [{ table: 'nat', jump }] };
    }
    case 'tproxy':
      return tproxyOutbound(mesh, calledPorts);
  }
}

/**
 * TPROXY takes packets that arrive only, so those that leave are marked, and the mark routes them to the loopback, where
 * they arrive. Every packet passes the mangle table, not the first alone: what does not go to a service's port is left
 * out, like the answers of an application.
 */
function tproxyOutbound(mesh: MeshSettings, calledPorts: readonly number[]): Rules {
  const marked = `-m mark --mark ${DIVERT_MARK}`;
  const mark = `-j MARK --set-mark ${DIVERT_MARK}`;
  const services = toPorts(calledPorts);
  const marking = mesh.conntrack
    ? [
        `-m connmark --mark ${DIVERT_MARK} -j CONNMARK --restore-mark`,
        ...services.map((ports) => `${ports} -m conntrack --ctstate NEW ${mark}`),
        `${marked} -j CONNMARK --save-mark`,
      ]
    : services.map((ports) => `${ports} ${mark}`);
  const jump = `-j TPROXY --on-port ${OUTBOUND_PORT}`;
  return {
    rules: [
      iptables('mangle', '-N MESH_OUTPUT'),
      iptables('mangle', `-A OUTPUT ${LEAVING} ${notEnvoy(mesh)} -j MESH_OUTPUT`),
      ...marking.map((rule) => iptables('mangle', `-A MESH_OUTPUT ${rule}`)),
      iptables('mangle', `-A PREROUTING -i lo -p tcp ${marked} ${jump} --tproxy-mark ${DIVERT_MARK}`),
      routeMarked(DIVERT_MARK),
    ],
    sysctls: {},
    intercepts: [{ table: 'mangle', jump }],
  };
}

/** A match of the multiport module takes this many ports. */
const MOST_PORTS = 15;

function toPorts(ports: readonly number[]): readonly string[] {
  const all = [...new Set(ports)];
  return Array.from({ length: Math.ceil(all.length / MOST_PORTS) }, (_, part) => {
    const some = all.slice(part * MOST_PORTS, (part + 1) * MOST_PORTS);
    return `-p tcp -m multiport --dports ${some.join(',')}`;
  });
}

function inbound(host: Intercepted): Rules {
  const arriving = `-A PREROUTING ! -i lo -p tcp --dport ${host.port}`;
  switch (host.mesh.inbound) {
    case 'none':
    case 'listener':
      return NONE;
    case 'redirect': {
      const jump = `-j REDIRECT --to-ports ${INBOUND_PORT}`;
      return { ...NONE, rules: [iptables('nat', `${arriving} ${jump}`)], intercepts: [{ table: 'nat', jump }] };
    }
    case 'tproxy':
      return tproxyInbound(host, arriving);
  }
}

function tproxyInbound(host: Intercepted, arriving: string): Rules {
  const { mesh } = host;
  const jump = `-j TPROXY --on-port ${INBOUND_PORT}`;
  const divert = [
    '-N MESH_DIVERT',
    `-A MESH_DIVERT -j MARK --set-mark ${DIVERT_MARK}`,
    '-A MESH_DIVERT -j ACCEPT',
    `${arriving} -m conntrack --ctstate RELATED,ESTABLISHED -j MESH_DIVERT`,
  ];
  const rules = [...(mesh.conntrack ? divert : []), `${arriving} ${jump} --tproxy-mark ${DIVERT_MARK}`];
  return {
    rules: [
      ...rules.map((rule) => iptables('mangle', rule)),
      routeMarked(DIVERT_MARK),
      ...(mesh.originalSource ? originalSource(host) : []),
    ],
    sysctls: {},
    intercepts: [{ table: 'mangle', jump }],
  };
}

/**
 * The application answers to its caller's address, which is another host's: its packets are marked, so that they are
 * routed to the loopback and reach Envoy. With connection tracking the mark comes with the connection; without, Envoy's
 * own answers are told by the mark of its listener.
 */
function originalSource({ address, port, mesh }: Intercepted): readonly Command[] {
  const mark = ORIGINAL_SOURCE_MARK;
  const rules = mesh.conntrack
    ? [
        `-A PREROUTING -i lo -m mark --mark ${mark} -j CONNMARK --save-mark`,
        `-A OUTPUT -p tcp -m connmark --mark ${mark} -j CONNMARK --restore-mark`,
      ]
    : [`-A OUTPUT -p tcp -s ${address} --sport ${port} -m mark --mark 0 -j MARK --set-mark ${mark}`];
  return [...rules.map((rule) => iptables('mangle', rule)), routeMarked(mark)];
}

/** Marked packets are local whatever their address, and an address may come from where its route does not lead. */
const TPROXY_ROUTING: Rules = {
  rules: [`ip route add local 0.0.0.0/0 dev lo table ${LOCAL_TABLE}`.split(' ')],
  sysctls: Object.fromEntries(['all', 'default', 'lo', 'eth0'].map((name) => [`net.ipv4.conf.${name}.rp_filter`, '0'])),
  intercepts: [],
};

const FIRST_PORT = 16_384;
const LAST_PORT = 65_535;

/**
 * The ports from which a host connects, where its sidecar or another's knows a connection by address and port. Rules
 * that match a service's port must not meet it as a caller's. With the original source the callee's Envoy connects in
 * its caller's name, so that one port of both would make one connection of two: every host has a share of its own.
 */
function ownPorts({ servicePorts, index, of, mesh }: Intercepted): Readonly<Record<string, string>> {
  if (mesh.outbound !== 'tproxy' && mesh.inbound !== 'tproxy') return {};
  const reserved = { 'net.ipv4.ip_local_reserved_ports': [...new Set(servicePorts)].join(',') };
  if (!mesh.originalSource) return reserved;
  // The kernel wants the first even and the last odd.
  const width = 2 * Math.floor((LAST_PORT - FIRST_PORT + 1) / of / 2);
  const from = FIRST_PORT + index * width;
  return { ...reserved, 'net.ipv4.ip_local_port_range': `${from} ${from + width - 1}` };
}
