import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Mesh, type MeshHost, withoutSecrets } from '../mesh/index.ts';
import type { Variant } from '../plan/index.ts';
import { BenchError } from '../units/index.ts';

/**
 * Makes the run's folder `<out>/<scenario>/<time>-<id>` and points `<out>/<scenario>/latest` at it.
 * @throws BenchError preflight when it cannot be written.
 */
export async function createRunFolder(out: string, scenario: string, startedAt: Date, runId: string): Promise<string> {
  const parent = path.join(out, scenario);
  const stamp = startedAt.toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-');
  const name = `${stamp}-${runId}`;
  const folder = path.join(parent, name);
  try {
    await mkdir(folder, { recursive: true });
    await pointLatest(parent, name, runId);
  } catch (cause) {
    throw new BenchError('preflight', 'OUT_NOT_WRITABLE', `cannot write to ${parent}: ${(cause as Error).message}`, {
      hint: 'choose another folder with --out',
      cause,
    });
  }
  return folder;
}

/** Replaced by a rename, so that `latest` always leads somewhere. */
async function pointLatest(parent: string, name: string, runId: string): Promise<void> {
  const fresh = path.join(parent, `.latest-${runId}`);
  await rm(fresh, { force: true });
  await symlink(name, fresh);
  await rename(fresh, path.join(parent, 'latest'));
}

/**
 * Keeps what was deployed beside the results: every proxy's configuration, less secrets, what a control plane tells, and
 * every packet rule.
 */
export async function writeConfigurations(
  folder: string,
  variants: readonly Variant[],
  meshes: ReadonlyMap<string, Mesh>,
): Promise<void> {
  for (const { name } of variants) {
    const target = configurationFolder(folder, name);
    for (const host of meshes.get(name)?.hosts ?? []) await writeHost(target, host);
  }
}

/** Where a run's folder has what was deployed for a variant. */
export function configurationFolder(folder: string, variant: string): string {
  return path.join(folder, 'config', fileName(variant));
}

async function writeHost(target: string, host: MeshHost): Promise<void> {
  const files = configurationOf(host);
  if (files.length > 0) await mkdir(target, { recursive: true });
  for (const [file, text] of files) await writeFile(path.join(target, file), text);
}

/** The files of a host: name and content. */
function configurationOf(host: MeshHost): readonly (readonly [file: string, text: string])[] {
  const { name, sidecar, controlPlane, rules } = host;
  const lines = [...sysctls(host), ...rules.map((rule) => rule.join(' '))].map((line) => `${line}\n`);
  return [
    ...(sidecar === undefined ? [] : [[`${name}.envoy.json`, indented(withoutSecrets(sidecar.bootstrap))] as const]),
    ...(controlPlane === undefined ? [] : [[`${name}.json`, indented(controlPlane)] as const]),
    ...(rules.length === 0 ? [] : [[`${name}.rules`, lines.join('')] as const]),
  ];
}

function indented(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function sysctls(host: MeshHost): readonly string[] {
  return Object.entries(host.sysctls).map(([name, value]) => `sysctl -w ${name}='${value}'`);
}

/** Names of matrix points hold characters that a file name should not. */
function fileName(variant: string): string {
  return variant.replaceAll(/[^A-Za-z0-9.=-]+/gu, '_');
}
