import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { isOrphan, type Labels, RUN_LABEL } from './labels.ts';

/** A volume is in use, and a network has members, until the daemon has forgotten their containers. */
const ATTEMPTS = 50;
const PAUSE_MS = 100;

/** Removes everything that a run made, whatever state it is in. What is gone already is no error. */
export async function removeRun(docker: Docker, run: string): Promise<void> {
  await removeWhere(docker, (labels) => labels[RUN_LABEL] === run);
}

/** Removes what killed runs left, and nothing of runs that live. Resolves with how much it was. */
export function sweep(docker: Docker): Promise<number> {
  return removeWhere(docker, isOrphan);
}

async function removeWhere(docker: Docker, matches: (labels: Labels) => boolean): Promise<number> {
  const filters = { label: [RUN_LABEL] };
  const containers = await docker.listContainers({ all: true, filters });
  const { Volumes: volumes } = await docker.listVolumes({ filters });
  const networks = await docker.listNetworks({ filters });
  const ours = {
    containers: containers.filter(({ Labels }) => matches(Labels)).map(({ Id }) => Id),
    volumes: (volumes ?? []).filter(({ Labels }) => matches(Labels ?? {})).map(({ Name }) => Name),
    networks: networks.filter(({ Labels }) => matches(Labels ?? {})).map(({ Id }) => Id),
  };
  await Promise.all(ours.containers.map((id) => removeContainer(docker, id)));
  await Promise.all([
    ...ours.volumes.map((name) => removeVolume(docker, name)),
    ...ours.networks.map((id) => persist(() => docker.getNetwork(id).remove())),
  ]);
  return ours.containers.length + ours.volumes.length + ours.networks.length;
}

/** Kills and removes a container, and waits until it is gone. */
export async function removeContainer(docker: Docker, id: string): Promise<void> {
  await persist(() => docker.getContainer(id).remove({ force: true, v: true }));
}

export async function removeVolume(docker: Docker, name: string): Promise<void> {
  await persist(() => docker.getVolume(name).remove());
}

/** 404 is gone; 409 and what Docker says with 500 or 403 is still in use, or being removed by itself. @throws where it stays so. */
async function persist(remove: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await remove();
      return;
    } catch (error) {
      const { statusCode } = error as { statusCode?: number };
      if (statusCode === 404) return;
      if (statusCode === undefined || attempt >= ATTEMPTS) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
