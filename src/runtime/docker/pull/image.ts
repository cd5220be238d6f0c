import { randomUUID } from 'node:crypto';
import type Docker from 'dockerode';
import { BenchError } from '../../../units/index.ts';
import { BASE_REPOSITORY, labelsOf } from '../labels.ts';
import { untilDone } from '../progress.ts';
import { removeContainer } from '../sweep.ts';
import { parseReference, type Reference } from './reference.ts';

/**
 * Sees that Docker has an image of this digest, from its registry if need be. What is pulled here gets a name of ours, by which
 * it is removed on demand; what was there before is somebody else's and stays.
 * @throws BenchError preflight where it cannot be had, or is not of this digest.
 */
export async function pullImage(docker: Docker, image: string, say: (line: string) => void): Promise<Reference> {
  const reference = parseReference(image);
  const { exact, digest } = reference;
  if ((await digestsOf(docker, exact)) === undefined) {
    say(`pulling ${image}`);
    try {
      await untilDone(docker, await docker.pull(exact));
    } catch (cause) {
      throw pullFailed(image, cause instanceof Error ? cause : new Error(String(cause)));
    }
    await docker.getImage(exact).tag({ repo: BASE_REPOSITORY, tag: digest.slice('sha256:'.length).slice(0, 24) });
  }
  const digests = (await digestsOf(docker, exact)) ?? [];
  if (digests.some((one) => one.endsWith(`@${digest}`))) return reference;
  throw new BenchError(
    'preflight',
    'IMAGE_DIGEST',
    `what Docker has as ${image} is of another digest: ${digests.join(', ')}`,
    {
      hint: 'remove that image, or leave out --images pull',
    },
  );
}

/** A container of an image that is never started, for as long as `work` takes. */
export async function withContainer<T>(
  docker: Docker,
  image: string,
  work: (container: Docker.Container) => Promise<T>,
): Promise<T> {
  // An image may name no command, and Docker wants one.
  const labels = labelsOf(`image-${randomUUID().slice(0, 8)}`);
  const container = await docker.createContainer({ Image: image, Entrypoint: ['-'], Labels: labels });
  try {
    return await work(container);
  } finally {
    await removeContainer(docker, container.id);
  }
}

/** Removes the images that were pulled here and that nobody gave another name. Resolves with their names. */
export async function removePulledImages(docker: Docker): Promise<readonly string[]> {
  const images = await docker.listImages({ filters: { reference: [BASE_REPOSITORY] } });
  const removed: string[] = [];
  for (const { Id } of images) {
    // A list that is filtered by a name leaves out all others.
    const { RepoTags, RepoDigests } = await docker.getImage(Id).inspect();
    const ours = RepoTags.filter((tag) => tag.startsWith(`${BASE_REPOSITORY}:`));
    const isOursAlone = ours.length === RepoTags.length;
    for (const name of isOursAlone ? [Id] : ours) await docker.getImage(name).remove({ force: isOursAlone });
    removed.push(RepoDigests[0] ?? Id);
  }
  return removed;
}

async function digestsOf(docker: Docker, exact: string): Promise<readonly string[] | undefined> {
  try {
    return (await docker.getImage(exact).inspect()).RepoDigests ?? [];
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

function pullFailed(image: string, cause: Error): BenchError {
  return new BenchError('preflight', 'IMAGE_PULL', `Docker could not pull ${image}: ${cause.message.trim()}`, {
    hint: 'see that the daemon reaches the registry and that it has this digest; --images pack, the default, needs no registry',
    cause,
  });
}
