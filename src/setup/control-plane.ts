import { access, constants, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canInstall } from './apt.ts';
import { cacheFolder } from './cache.ts';
import { findCommand } from './command.ts';
import {
  API_SERVER,
  type BuiltProgram,
  builtFolder,
  CRDS_FILE,
  furtherVersions,
  ISTIOD,
  istiodOf,
  pinnedVersion,
} from './control-plane-cache.ts';
import { sha256Of } from './identity.ts';
import { ensureCommands } from './packages.ts';
import { ETCD } from './system-packages.ts';

/** A program of the reference control plane that may be run. */
export interface ControlPlaneProgram {
  readonly path: string;
  readonly sha256: string;
  /** As it was pinned; undefined of one that the user or the system brings. */
  readonly version: string | undefined;
}

/** What istiod runs with. */
export interface ControlPlanePrograms {
  readonly istiod: ControlPlaneProgram;
  readonly apiServer: ControlPlaneProgram;
  readonly etcd: ControlPlaneProgram;
  /** Path of the file that holds Istio's custom resources. */
  readonly crds: string;
}

/** Why istiod cannot be had here, and how it can. */
export interface ControlPlaneLack {
  readonly reason: string;
  readonly remedy: string;
}

export type FoundControlPlane =
  | { readonly programs: ControlPlanePrograms; readonly lack?: undefined }
  | { readonly programs?: undefined; readonly lack: ControlPlaneLack };

export interface ControlPlaneRequest {
  readonly say: (line: string) => void;
  /** False only looks: nothing is installed. */
  readonly install?: boolean;
  /** What --istiod-bin said; ISTIOD_BIN counts where it is undefined. See {@link namedIstiods}. */
  readonly istiodBin?: string | undefined;
  /** Which of those that are named, or pinned by that name; '' is the one that is named without a name, or that is built. */
  readonly version?: string;
  /** Overrides the user's cache folder. */
  readonly cache?: string;
}

const built = ({ builtBy }: BuiltProgram): string => `${builtBy} builds it with Go 1.26 in about ten minutes`;

/**
 * istiod, its API server and its etcd: those that the user named, else what was built, and of etcd the system's, which is
 * installed where that may be. Nothing stands in for what is not there.
 */
export async function findControlPlane(request: ControlPlaneRequest): Promise<FoundControlPlane> {
  const { istiodBin = process.env['ISTIOD_BIN'] ?? '', version = '' } = request;
  const named = namedIstiods(istiodBin).get(version);
  const isPinned = furtherVersions().includes(version);
  if (named === undefined && version !== '' && !isPinned) return { lack: unnamed(version) };
  const istiod = await programOf(isPinned ? istiodOf(version) : ISTIOD, named, 'ISTIOD_BIN', request);
  if ('reason' in istiod) return { lack: istiod };
  const apiServer = await programOf(API_SERVER, process.env['KUBE_APISERVER_BIN'], 'KUBE_APISERVER_BIN', request);
  if ('reason' in apiServer) return { lack: apiServer };
  const crds = await crdsFor(istiod, request);
  if (crds === undefined) return { lack: noCrds(istiod.path) };
  const etcd = await findEtcd(request);
  return 'reason' in etcd ? { lack: etcd } : { programs: { istiod, apiServer, etcd, crds } };
}

/**
 * Programs by the names that a user gives them: `1.29=/a/pilot-discovery,1.30=/b/pilot-discovery`, or one without a name.
 * Of one name the last counts.
 */
export function namedIstiods(text: string): ReadonlyMap<string, string> {
  if (text === '') return new Map();
  const parts = text.split(/,(?=[\w.-]+=)/u).map((part) => /^(?:(?<name>[\w.-]+)=)?(?<file>.*)$/su.exec(part)?.groups);
  return new Map(parts.map((part) => [part?.['name'] ?? '', part?.['file'] ?? '']));
}

function unnamed(version: string): ControlPlaneLack {
  return {
    reason: `no istiod is named ${version}`,
    remedy: `name its program: --istiod-bin ${version}=/path/to/pilot-discovery, several with commas between them`,
  };
}

type Program = ControlPlaneProgram | ControlPlaneLack;

async function programOf(
  program: BuiltProgram,
  named: string | undefined,
  variable: string,
  { cache = cacheFolder() }: ControlPlaneRequest,
): Promise<Program> {
  if (named !== undefined && named !== '') return await given(named, variable);
  const path = join(builtFolder(program, cache), program.file);
  if (!(await isExecutable(path))) {
    const what = `${program.file} ${pinnedVersion(program)}`;
    return { reason: `no ${what} on this machine`, remedy: `${built(program)}; or name one by ${variable}` };
  }
  return { path, sha256: await sha256Of(path), version: pinnedVersion(program) };
}

async function given(named: string, variable: string): Promise<Program> {
  const path = await realpath(named).catch(() => undefined);
  if (path === undefined || !(await isExecutable(path)))
    return { reason: `${named} is not a program`, remedy: `name one by ${variable}` };
  return { path, sha256: await sha256Of(path), version: undefined };
}

/** Those of its own version are beside it; one of another origin has those that were built. */
async function crdsFor(
  { path }: ControlPlaneProgram,
  { cache = cacheFolder() }: ControlPlaneRequest,
): Promise<string | undefined> {
  for (const folder of [dirname(path), builtFolder(ISTIOD, cache)]) {
    const file = join(folder, CRDS_FILE);
    if (await isReadable(file)) return file;
  }
  return undefined;
}

function noCrds(istiod: string): ControlPlaneLack {
  return {
    reason: `no ${CRDS_FILE} beside ${istiod}`,
    remedy: `put Istio's manifests/charts/base/files/${CRDS_FILE} there, or ${built(ISTIOD)}`,
  };
}

async function findEtcd({ say, install = true }: ControlPlaneRequest): Promise<Program> {
  const named = process.env['ETCD_BIN'];
  if (named !== undefined && named !== '') return await given(named, 'ETCD_BIN');
  if (install && (await findCommand('etcd')) === undefined && (await canInstall())) await ensureCommands([ETCD], say);
  const path = await findCommand('etcd');
  if (path === undefined)
    return { reason: 'no etcd on this machine', remedy: `install ${ETCD.package}, or name one by ETCD_BIN` };
  return { path, sha256: await sha256Of(path), version: undefined };
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}
