import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of the checkout, as dist/src/setup is in it. */
const ROOT = join(import.meta.dirname, '..', '..', '..');
const MODULES = join(ROOT, 'tools', 'control-plane');

/** A program of the reference control plane that is built out of a Go module of its own below tools/control-plane. */
export interface BuiltProgram {
  /** Folder of its go.mod. */
  readonly folder: string;
  /** What go.mod calls as a tool. */
  readonly package: string;
  /** The module that it is of: its version is that of the program. */
  readonly module: string;
  /** The program's file name. */
  readonly file: string;
  /** Files of the module that it needs beside it, by their paths in there. */
  readonly beside: readonly string[];
  /** The variable by which the linker is told the version; undefined where it is in the sources. */
  readonly versionVariable: string | undefined;
  /** The command that builds it. */
  readonly builtBy: string;
}

/** Istio's custom resources, beside istiod. */
export const CRDS_FILE = 'crd-all.gen.yaml';

const BUILD = 'npm run build:control-plane';

export const ISTIOD: BuiltProgram = {
  folder: 'istiod',
  package: 'istio.io/istio/pilot/cmd/pilot-discovery',
  module: 'istio.io/istio',
  file: 'pilot-discovery',
  beside: [`manifests/charts/base/files/${CRDS_FILE}`],
  versionVariable: 'istio.io/istio/pkg/version.buildVersion',
  builtBy: BUILD,
};

export const API_SERVER: BuiltProgram = {
  folder: 'kubernetes',
  package: 'k8s.io/kubernetes/cmd/kube-apiserver',
  module: 'k8s.io/kubernetes',
  file: 'kube-apiserver',
  beside: [],
  versionVariable: undefined,
  builtBy: BUILD,
};

/** Names of the versions of istiod that are pinned beside {@link ISTIOD}, each in a module of its own: `istiod-<name>`. */
export function furtherVersions(): readonly string[] {
  const prefix = `${ISTIOD.folder}-`;
  const folders = existsSync(MODULES) ? readdirSync(MODULES) : [];
  return folders.flatMap((folder) => (folder.startsWith(prefix) ? [folder.slice(prefix.length)] : [])).sort();
}

/** The istiod of one of {@link furtherVersions}. */
export function istiodOf(version: string): BuiltProgram {
  return { ...ISTIOD, folder: `${ISTIOD.folder}-${version}`, builtBy: `${BUILD} -- --versions` };
}

/** The folder of a program's go.mod. */
export function moduleFolder({ folder }: BuiltProgram): string {
  return join(MODULES, folder);
}

/** Where a program is once it is built: another place for other versions of anything that it is made from. */
export function builtFolder(program: BuiltProgram, cache: string): string {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(moduleFolder(program), file)));
  return join(cache, 'control-plane', `${program.folder}-${hash.digest('hex').slice(0, 16)}`);
}

/** The version of the module that is pinned. @throws RangeError where go.mod does not have it. */
export function pinnedVersion(program: BuiltProgram): string {
  const text = readFileSync(join(moduleFolder(program), 'go.mod'), 'utf8');
  const line = text.split('\n').find((one) => one.trim().startsWith(`${program.module} v`));
  const version = line?.trim().split(' ')[1];
  if (version === undefined) throw new RangeError(`go.mod of ${program.folder} does not require ${program.module}`);
  return version;
}
