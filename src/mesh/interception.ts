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
    usesTproxy(directions, mesh) ? tproxyRouting(host) : NONE,
  ]);
}

/** True where packets of a host are led by TPROXY, in either direction: its Envoy then needs NET_ADMIN. */
export function usesTproxy(directions: SidecarDirections, mesh: MeshSettings): boolean {
  return (directions.outbound && mesh.outbound === 'tproxy') || (directions.inbound && mesh.inbound === 'tproxy');
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

function iptables(table: Intercept['table'], ...rule: readonly string[]): Command {
  return ['iptables', '-w', '5', '-t', table, ...rule];
}

/** Matches what is not Envoy's own. */
function notEnvoy({ exempt }: MeshSettings): readonly string[] {
  return exempt === 'uid'
    ? ['-m', 'owner', '!', '--uid-owner', String(ENVOY_UID)]
    : ['-m', 'mark', '!', '--mark', String(ENVOY_MARK)];
}

function outbound(host: Intercepted): Rules {
  switch (host.mesh.outbound) {
    case 'none':
    case 'listener':
      return NONE;
    case 'redirect': {
      const jump = `-j REDIRECT --to-ports ${OUTBOUND_PORT}`;
      const rule = ['-A', 'OUTPUT', '-p', 'tcp', '-d', NETWORK, ...notEnvoy(host.mesh), ...jump.split(' ')];
      return { ...NONE, rules: [iptables('nat', ...rule)], intercepts: [{ table: 'nat', jump }] };
    }
    case 'tproxy':
      return tproxyOutbound(host);
  }
}

/**
 * TPROXY takes packets that arrive only, so those that leave are marked, and the mark routes them to the loopback, where
 * they arrive. Every packet passes the mangle table, not the first alone: what goes to the host itself is left out, and
 * what does not go to a service's port, like the answers of an application.
 */
function tproxyOutbound({ address, calledPorts, mesh }: Intercepted): Rules {
  const chain = 'MESH_OUTPUT';
  const services = ['-p', 'tcp', '-m', 'multiport', '--dports', [...new Set(calledPorts)].join(',')];
  const mark = ['-j', 'MARK', '--set-mark', String(DIVERT_MARK)];
  const tracked: readonly Command[] = [
    iptables(
      'mangle',
      '-A',
      chain,
      '-m',
      'connmark',
      '--mark',
      String(DIVERT_MARK),
      '-j',
      'CONNMARK',
      '--restore-mark',
    ),
    iptables('mangle', '-A', chain, ...services, '-m', 'conntrack', '--ctstate', 'NEW', ...mark),
    iptables('mangle', '-A', chain, '-m', 'mark', '--mark', String(DIVERT_MARK), '-j', 'CONNMARK', '--save-mark'),
  ];
  const jump = `-j TPROXY --on-port ${OUTBOUND_PORT}`;
  const divert = ['-p', 'tcp', '-m', 'mark', '--mark', String(DIVERT_MARK), ...jump.split(' ')];
  return {
    rules: [
      iptables('mangle', '-N', chain),
      iptables('mangle', '-A', 'OUTPUT', '-p', 'tcp', '-d', NETWORK, ...notEnvoy(mesh), '-j', chain),
      iptables('mangle', '-A', chain, '-d', address, '-j', 'RETURN'),
      ...(mesh.conntrack ? tracked : [iptables('mangle', '-A', chain, ...services, ...mark)]),
      iptables('mangle', '-A', 'PREROUTING', '-i', 'lo', ...divert, '--tproxy-mark', String(DIVERT_MARK)),
      ['ip', 'rule', 'add', 'fwmark', String(DIVERT_MARK), 'lookup', String(LOCAL_TABLE)],
    ],
    sysctls: {},
    intercepts: [{ table: 'mangle', jump }],
  };
}

function inbound(host: Intercepted): Rules {
  const arriving = ['-A', 'PREROUTING', '!', '-i', 'lo', '-p', 'tcp', '--dport', String(host.port)];
  switch (host.mesh.inbound) {
    case 'none':
    case 'listener':
      return NONE;
    case 'redirect': {
      const jump = `-j REDIRECT --to-ports ${INBOUND_PORT}`;
      const rule = iptables('nat', ...arriving, ...jump.split(' '));
      return { ...NONE, rules: [rule], intercepts: [{ table: 'nat', jump }] };
    }
    case 'tproxy':
      return tproxyInbound(host, arriving);
  }
}

function tproxyInbound(host: Intercepted, arriving: readonly string[]): Rules {
  const { mesh } = host;
  const jump = `-j TPROXY --on-port ${INBOUND_PORT}`;
  const established = [...arriving, '-m', 'conntrack', '--ctstate', 'RELATED,ESTABLISHED', '-j', 'MESH_DIVERT'];
  const divert: readonly Command[] = [
    iptables('mangle', '-N', 'MESH_DIVERT'),
    iptables('mangle', '-A', 'MESH_DIVERT', '-j', 'MARK', '--set-mark', String(DIVERT_MARK)),
    iptables('mangle', '-A', 'MESH_DIVERT', '-j', 'ACCEPT'),
    iptables('mangle', ...established),
  ];
  const original = mesh.originalSource ? originalSource(host) : NONE;
  return {
    rules: [
      ...(mesh.conntrack ? divert : []),
      iptables('mangle', ...arriving, ...jump.split(' '), '--tproxy-mark', String(DIVERT_MARK)),
      ['ip', 'rule', 'add', 'fwmark', String(DIVERT_MARK), 'lookup', String(LOCAL_TABLE)],
      ...original.rules,
    ],
    sysctls: original.sysctls,
    intercepts: [{ table: 'mangle', jump }, ...original.intercepts],
  };
}

/**
 * The application answers to its caller's address, which is another host's: its packets are marked, so that they are
 * routed to the loopback and reach Envoy. With connection tracking the mark comes with the connection; without, Envoy's
 * own answers are told by the mark of its listener.
 */
function originalSource({ address, port, mesh, index, of }: Intercepted): Rules {
  const mark = String(ORIGINAL_SOURCE_MARK);
  const restore = '-j CONNMARK --restore-mark';
  const set = `-j MARK --set-mark ${mark}`;
  const answers = ['-p', 'tcp', '-s', address, '--sport', String(port), '-m', 'mark', '--mark', '0'];
  const rules: readonly Command[] = mesh.conntrack
    ? [
        iptables(
          'mangle',
          '-A',
          'PREROUTING',
          '-i',
          'lo',
          '-m',
          'mark',
          '--mark',
          mark,
          '-j',
          'CONNMARK',
          '--save-mark',
        ),
        iptables('mangle', '-A', 'OUTPUT', '-p', 'tcp', '-m', 'connmark', '--mark', mark, ...restore.split(' ')),
      ]
    : [iptables('mangle', '-A', 'OUTPUT', ...answers, ...set.split(' '))];
  return {
    rules: [...rules, ['ip', 'rule', 'add', 'fwmark', mark, 'lookup', String(LOCAL_TABLE)]],
    sysctls: { 'net.ipv4.ip_local_port_range': portShare(index, of) },
    intercepts: [],
  };
}

const FIRST_PORT = 32_768;
const LAST_PORT = 60_999;

/** Two connections of one caller's address, its own and Envoy's in its name, must not have one port. */
function portShare(index: number, of: number): string {
  const width = Math.floor((LAST_PORT - FIRST_PORT + 1) / of);
  const from = FIRST_PORT + index * width;
  return `${from} ${from + width - 1}`;
}

/** Marked packets are local whatever their address, and an address may come from where its route does not lead. */
function tproxyRouting({ calledPorts, port }: Intercepted): Rules {
  const reserved = [...new Set([...calledPorts, ...(port === undefined ? [] : [port])])].join(',');
  const interfaces = ['all', 'default', 'lo', 'eth0'];
  return {
    rules: [['ip', 'route', 'add', 'local', '0.0.0.0/0', 'dev', 'lo', 'table', String(LOCAL_TABLE)]],
    sysctls: {
      ...Object.fromEntries(interfaces.map((name) => [`net.ipv4.conf.${name}.rp_filter`, '0'])),
      'net.ipv4.ip_local_reserved_ports': reserved,
    },
    intercepts: [],
  };
}
