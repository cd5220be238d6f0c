import type { Lack, Runtime } from '../runtime.ts';
import { openEngine } from './engine.ts';
import { packImage, removeMadeImages } from './pack/image.ts';
import { removePulledImages } from './pull/image.ts';
import { sweep } from './sweep.ts';
import { openWorld } from './world.ts';

/** Hosts as groups of containers: what most teams and CI systems know. */
export const docker: Runtime = {
  name: 'docker',
  open: openWorld,
  lacks: { cpuQuota: lacksQuota, uid: async (netAdmin) => lacksUser(netAdmin) },
  facts: async () => {
    const { info } = await openEngine();
    return {
      'docker.version': info.ServerVersion,
      'docker.storage': info.Driver,
      'docker.cgroup': `${info.CgroupVersion ?? '1'}, ${info.CgroupDriver ?? 'unknown'}`,
      'docker.runtime': info.DefaultRuntime ?? null,
      'docker.seccomp': info.SecurityOptions?.find((option) => option.startsWith('name=seccomp')) ?? 'none',
      'docker.bridgeFilter': info.BridgeNfIptables ?? null,
    };
  },
};

/** Removes what killed runs left in Docker; resolves with how much it was. @throws as {@link openEngine}. */
export async function sweepDocker(): Promise<number> {
  return sweep((await openEngine()).docker);
}

/** Makes an image of files of this machine, with an environment, under a name. @throws as {@link openEngine}. */
export async function packImages(
  readable: readonly string[],
  env: Readonly<Record<string, string>>,
  name: string,
): Promise<void> {
  const { docker } = await openEngine();
  const image = await packImage(docker, readable, env);
  const [repo = '', tag = 'latest'] = name.split(':');
  await docker.getImage(image.name).tag({ repo, tag });
}

/** Removes the images that were made and pulled here; resolves with their names. @throws as {@link openEngine}. */
export async function removeImages(): Promise<readonly string[]> {
  const { docker } = await openEngine();
  return [...(await removeMadeImages(docker)), ...(await removePulledImages(docker))];
}

async function lacksQuota(): Promise<Lack | undefined> {
  const { info } = await openEngine();
  if (info.CpuCfsQuota !== false) return undefined;
  return { reason: 'this Docker cannot limit processor time', remedy: 'use a kernel with CFS bandwidth control' };
}

function lacksUser(netAdmin: boolean): Lack | undefined {
  if (!netAdmin) return undefined;
  return {
    reason: 'TPROXY needs NET_ADMIN in Envoy, and Docker gives it to user 0 only',
    remedy: 'leave out --runtime docker',
  };
}
