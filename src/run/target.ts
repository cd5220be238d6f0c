import { lookup } from 'node:dns/promises';
import net from 'node:net';
import { PROTOCOL_NAMES, type ProtocolName } from '../scenario/index.ts';
import { BenchError } from '../units/index.ts';

/** A target that may be loaded: every address of its name was checked, and the first is the one to dial. */
export interface CheckedTarget {
  readonly address: string;
  readonly port: number;
  /** Host and port as the user wrote them. */
  readonly authority: string;
  readonly path: string;
  readonly protocol: ProtocolName;
}

/**
 * Checks a URL before anything is sent: a protocol without TLS, and every address that the name resolves to on loopback or within
 * what the command line allows. The checked address is dialled, so that the name cannot lead elsewhere afterwards.
 * @throws BenchError usage.
 */
export async function checkTarget(url: string, allowed: readonly string[]): Promise<CheckedTarget> {
  const parsed = parseUrl(url);
  const host = parsed.hostname.replaceAll(/^\[|\]$/gu, '');
  const addresses = await lookup(host, { all: true }).catch((cause: Error) => {
    throw new BenchError('usage', 'TARGET_UNKNOWN', `${host} has no address: ${cause.message}`, { cause });
  });
  const permitted = blockList(allowed);
  for (const { address, family } of addresses) {
    if (!permitted.check(address, family === 6 ? 'ipv6' : 'ipv4')) {
      throw new BenchError('usage', 'TARGET_REFUSED', `${host} is ${address}, which is not on this machine`, {
        hint: `if it is yours to load, say so: --allow-target ${address}/${family === 6 ? 128 : 32}`,
      });
    }
  }
  const [first] = addresses;
  if (first === undefined) throw new BenchError('usage', 'TARGET_UNKNOWN', `${host} has no address`);
  const port = parsed.port === '' ? 80 : Number(parsed.port);
  const protocol = protocolOf(parsed) ?? 'http';
  // Only of schemes that browsers know an empty path is made one.
  const pathname = protocol === 'http2' && parsed.pathname === '' ? '/' : parsed.pathname;
  return { address: first.address, port, authority: parsed.host, path: `${pathname}${parsed.search}`, protocol };
}

function parseUrl(url: string): URL {
  if (!URL.canParse(url)) {
    throw new BenchError('usage', 'TARGET_MALFORMED', `"${url}" is not a URL`, {
      hint: 'write it like http://127.0.0.1:8080/',
    });
  }
  const parsed = new URL(url);
  const protocol = protocolOf(parsed);
  if (protocol === undefined) {
    const known = PROTOCOL_NAMES.map((name) => `${name}://`).join(', ');
    throw new BenchError('usage', 'TARGET_PROTOCOL', `"${url}": only ${known} can be loaded`);
  }
  if ((protocol === 'thrift' || protocol === 'grpc') && parsed.port === '') {
    throw new BenchError('usage', 'TARGET_MALFORMED', `"${url}" names no port, and ${protocol} has none of its own`, {
      hint: `write it like ${protocol}://127.0.0.1:9090`,
    });
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new BenchError(
      'usage',
      'TARGET_CREDENTIALS',
      'the URL holds a user name or password, which would end up in a report',
    );
  }
  return parsed;
}

function protocolOf({ protocol }: URL): ProtocolName | undefined {
  return PROTOCOL_NAMES.find((name) => protocol === `${name}:`);
}

/** Loopback, and the given networks. */
function blockList(allowed: readonly string[]): net.BlockList {
  const list = new net.BlockList();
  list.addSubnet('127.0.0.0', 8, 'ipv4');
  list.addAddress('::1', 'ipv6');
  for (const cidr of allowed) {
    const [network = '', prefix = ''] = cidr.split('/');
    const family = net.isIP(network) === 6 ? 'ipv6' : 'ipv4';
    const bits = Number(prefix);
    if (net.isIP(network) === 0 || !/^\d{1,3}$/u.test(prefix) || bits > (family === 'ipv6' ? 128 : 32)) {
      throw new BenchError('usage', 'CIDR_MALFORMED', `"${cidr}" is not a network`, {
        hint: 'write it like 10.0.0.0/24',
      });
    }
    list.addSubnet(network, bits, family);
  }
  return list;
}
