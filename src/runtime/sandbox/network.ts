import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { BRIDGE } from './prepare.ts';

/** Prefix length of the benchmark range: all hosts of a run reach each other without a route. */
const PREFIX_LENGTH = 15;

/** Makes a network namespace with one interface on the bridge. `index` names the interface, unique in the sandbox. */
export function addHost(name: string, index: number, address: string, sysctls: Readonly<Record<string, string>>): void {
  const outer = outerOf(index);
  batch(
    [],
    [
      `netns add ${name}`,
      `link add ${outer} type veth peer name eth0 netns ${name}`,
      `link set ${outer} master ${BRIDGE}`,
      `link set ${outer} up`,
    ],
  );
  writeSysctls(name, { 'net.ipv6.conf.all.disable_ipv6': '1', ...sysctls });
  batch(['-n', name], ['link set lo up', `address add ${address}/${PREFIX_LENGTH} dev eth0`, 'link set eth0 up']);
}

/** Makes a host in the network of another, under a name of its own; its address is one more of the loopback. */
export function joinHost(name: string, other: string, address: string): void {
  const place = `/run/netns/${name}`;
  writeFileSync(place, '', { flag: 'wx' });
  execFileSync('mount', ['--bind', `/run/netns/${other}`, place], { stdio: ['ignore', 'ignore', 'pipe'] });
  batch(['-n', name], [`address add ${address}/32 dev lo`]);
}

/**
 * Takes the host off the bridge, and removes the namespace with its rules. By itself a namespace may stay for minutes and
 * answer for its address, which the next host has: connections that still owe something hold it after their processes.
 * `index` is undefined of one that is in the network of another.
 */
export function removeHost(name: string, index: number | undefined): void {
  batch([], [...(index === undefined ? [] : [`link delete ${outerOf(index)}`]), `netns delete ${name}`]);
}

function outerOf(index: number): string {
  return `host${index}`;
}

/** The command in front of another that makes it run in a host's network, in the same process. */
export function inHost(name: string): string[] {
  return ['nsenter', `--net=/run/netns/${name}`, '--'];
}

function batch(options: readonly string[], lines: readonly string[]): void {
  execFileSync('ip', [...options, '-batch', '-'], {
    input: `${lines.join('\n')}\n`,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
}

/** A sysctl of the network is another one in every namespace, so it is written from within. */
function writeSysctls(name: string, sysctls: Readonly<Record<string, string>>): void {
  const script = 'while [ $# -gt 0 ]; do echo "$2" > "/proc/sys/$1" || exit 1; shift 2; done';
  const pairs = Object.entries(sysctls).flatMap(([key, value]) => [key.replaceAll('.', '/'), value]);
  const [command = '', ...args] = [...inHost(name), 'sh', '-c', script, 'sysctls', ...pairs];
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
