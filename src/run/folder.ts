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

/** Keeps what was deployed beside the results: every proxy's configuration, less secrets, what a control plane tells, and every packet rule. */
export async function writeConfigurations(
  folder: string,
  variants: readonly Variant[],
  meshes: ReadonlyMap<string, Mesh>,
): Promise<void> {
  for (const { name } of variants) {
    const target = path.join(folder, 'config', fileName(name));
    for (const host of meshes.get(name)?.hosts ?? []) {
      if (host.sidecar === undefined && host.controlPlane === undefined && host.rules.length === 0) continue;
      await mkdir(target, { recursive: true });
      if (host.sidecar !== undefined) {
        await writeFile(
          path.join(target, `${host.name}.envoy.json`),
          `${JSON.stringify(withoutSecrets(host.sidecar.bootstrap), null, 2)}\n`,
        );
      }
      if (host.controlPlane !== undefined) {
        await writeFile(path.join(target, `${host.name}.json`), `${JSON.stringify(host.controlPlane, null, 2)}\n`);
      }
      if (host.rules.length > 0) {
        await writeFile(
          path.join(target, `${host.name}.rules`),
          [...sysctls(host), ...host.rules.map((rule) => rule.join(' '))].map((line) => `${line}\n`).join(''),
        );
      }
    }
  }
}

function sysctls(host: MeshHost): readonly string[] {
  return Object.entries(host.sysctls).map(([name, value]) => `sysctl -w ${name}='${value}'`);
}

/** Names of matrix points hold characters that a file name should not. */
function fileName(variant: string): string {
  return variant.replaceAll(/[^A-Za-z0-9.=-]+/gu, '_');
}
