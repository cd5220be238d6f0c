import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type Docker from 'dockerode';
import { BenchError } from '../../../units/index.ts';
import { CONTENT_LABEL } from '../labels.ts';
import { untilDone } from '../progress.ts';
import { filesToPack } from './files.ts';
import { withTar } from './tar.ts';

const REPOSITORY = 'meshbench-pack';

/** An image of this machine's own binaries. */
export interface PackedImage {
  /** The name to run it by. */
  readonly name: string;
  /** SHA-256 over paths, modes and contents of its files, hexadecimal. */
  readonly content: string;
}

/**
 * The image that holds what hosts read and run, at the paths of this machine, so that both runtimes run the same files by
 * the same names. It is made where no image with this content is there yet; nothing is pulled.
 * @throws BenchError preflight where Docker cannot take it, as when its disk is full.
 */
export async function packImage(
  docker: Docker,
  readable: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<PackedImage> {
  const files = await filesToPack(readable);
  const content = contentOf(files, env);
  const name = `${REPOSITORY}:${content.slice(0, 24)}`;
  const there = await imageWith(docker, content);
  if (there === undefined) await importFiles(docker, files, env, content, name);
  return { name: there ?? name, content };
}

/** The name of an image that was made here of this content. */
export async function imageWith(docker: Docker, content: string): Promise<string | undefined> {
  const [there] = await docker.listImages({ filters: { label: [`${CONTENT_LABEL}=${content}`] } });
  return there === undefined ? undefined : (there.RepoTags?.[0] ?? there.Id);
}

/** Removes every image that was made here. Resolves with their names. @throws BenchError preflight where a container uses one. */
export async function removeMadeImages(docker: Docker): Promise<readonly string[]> {
  const images = await docker.listImages({ filters: { label: [CONTENT_LABEL] } });
  const removed: string[] = [];
  for (const { Id, RepoTags } of images) {
    const name = RepoTags?.[0] ?? Id;
    await docker
      .getImage(Id)
      .remove({ force: true })
      .catch((cause: Error) => {
        throw new BenchError('preflight', 'IMAGE_IN_USE', `Docker keeps the image ${name}: ${cause.message.trim()}`, {
          hint: 'end the run or the containers that use it first',
          cause,
        });
      });
    removed.push(name);
  }
  return removed;
}

/** SHA-256 over paths, modes and contents of files, and what else makes an image what it is. */
export function contentOf(files: readonly string[], env: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256').update(JSON.stringify(env));
  for (const file of files) {
    const content = createHash('sha256').update(readFileSync(file)).digest('hex');
    hash.update(`${file}\0${(statSync(file).mode & 0o111) !== 0}\0${content}\0`);
  }
  return hash.digest('hex');
}

async function importFiles(
  docker: Docker,
  files: readonly string[],
  env: Readonly<Record<string, string>>,
  content: string,
  name: string,
): Promise<void> {
  const [repo, tag] = name.split(':');
  const variables = Object.entries({ PATH: process.env['PATH'] ?? '', ...env });
  const changes = [`LABEL ${CONTENT_LABEL}=${content}`, ...variables.map(([key, value]) => `ENV ${key}=${value}`)];
  await withTar(files, '', async (tar) => {
    await untilDone(docker, await docker.importImage(tar, { repo, tag, changes }));
  }).catch((cause: Error) => {
    throw imageFailed("this machine's binaries", cause);
  });
}

/** @param what It could not be taken. */
export function imageFailed(what: string, cause: Error): BenchError {
  return new BenchError(
    'preflight',
    'IMAGE_FAILED',
    `Docker could not take the image of ${what}: ${cause.message.trim()}`,
    {
      hint: 'see that its disk has 500 MB free; `meshbench clean --images` removes images of earlier versions',
      cause,
    },
  );
}
