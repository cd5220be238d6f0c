import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { promisify } from 'node:util';
import type { Mesh } from '../mesh/index.ts';
import type { Plan } from '../plan/index.ts';
import { type AgentNode, agentNode, type EnvoyBinary, readIptables } from '../setup/index.ts';
import { filterFields } from './filter-fields.ts';

const execute = promisify(execFile);

/** What results depend on, flat, so that two can be compared field by field. */
export type Fingerprint = Readonly<Record<string, string | number | boolean | null>>;

/** Reads this machine, this program and the binaries of a run; iptables only where a run has packet rules. */
export async function takeFingerprint(
  root: string,
  runtime: string,
  { placement, scheduling, replay }: Pick<Plan, 'placement' | 'scheduling' | 'replay'>,
  envoys: Readonly<Record<string, EnvoyBinary>>,
  meshes: readonly Pick<Mesh, 'hosts'>[],
): Promise<Fingerprint> {
  return {
    runtime,
    'cpu.model': os.cpus()[0]?.model.trim() ?? null,
    'cpu.count': os.cpus().length,
    'cpu.governor': read('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'),
    'cpu.siblings': read('/sys/devices/system/cpu/cpu0/topology/thread_siblings_list'),
    'memory.bytes': os.totalmem(),
    'kernel.release': os.release(),
    'kernel.version': os.version(),
    'kernel.clocksource': read('/sys/devices/system/clocksource/clocksource0/current_clocksource'),
    'machine.virtual': isVirtual(),
    'user.root': process.geteuid?.() === 0,
    'placement.load': placement.load.join(','),
    'placement.harness': placement.harness.join(','),
    'placement.system': placement.system.join(','),
    'placement.shared': placement.shared,
    'scheduling.system': scheduling.system,
    'scheduling.load': scheduling.load,
    'scheduling.awake': scheduling.awake,
    'node.harness': process.version,
    ...agentNodeFields(agentNode()),
    ...envoyFields(envoys),
    ...(meshes.some(({ hosts }) => hosts.some(({ rules }) => rules.length > 0)) ? await iptablesFields() : {}),
    ...filterFields(meshes),
    ...replayFields(replay),
    ...(await sourceFields(root)),
  };
}

/** A version that nobody has asked for is told by its path. */
export function agentNodeFields({ version, path, source }: AgentNode): Record<string, string> {
  return { 'node.agents': version ?? path, 'node.agents.source': source };
}

function envoyFields(envoys: Readonly<Record<string, EnvoyBinary>>): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [version, { build, sha256, source }] of Object.entries(envoys)) {
    fields[`envoy.${version}.build`] = build;
    fields[`envoy.${version}.sha256`] = sha256;
    fields[`envoy.${version}.source`] = source;
  }
  return fields;
}

async function iptablesFields(): Promise<Record<string, string | null>> {
  const { version, backend } = await readIptables();
  return { 'iptables.version': version, 'iptables.backend': backend };
}

function replayFields(replay: Plan['replay']): Record<string, string> {
  if (replay === undefined) return {};
  const { kind, sha256, listener, authority } = replay;
  return {
    replay: kind,
    'replay.sha256': sha256,
    ...(listener === undefined ? {} : { 'replay.listener': listener }),
    ...(authority === undefined ? {} : { 'replay.authority': authority }),
  };
}

/** The program's own revision; null outside a Git checkout. */
async function sourceFields(root: string): Promise<Record<string, string | boolean | null>> {
  try {
    const revision = await execute('git', ['-C', root, 'rev-parse', 'HEAD']);
    const status = await execute('git', ['-C', root, 'status', '--porcelain']);
    return { 'meshbench.revision': revision.stdout.trim(), 'meshbench.modified': status.stdout.trim() !== '' };
  } catch {
    return { 'meshbench.revision': null, 'meshbench.modified': null };
  }
}

/** True where a hypervisor gives this machine its processors. */
export function isVirtual(): boolean {
  return /^flags\s*:.*\bhypervisor\b/mu.test(read('/proc/cpuinfo') ?? '');
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
