import { statSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { ProgramImage } from '../../runtime.ts';
import { type ComponentImage, initCommand } from '../component-image.ts';
import { CONTENT_LABEL } from '../labels.ts';
import { filesOfFolder } from '../pack/files.ts';
import { contentOf, imageFailed, imageWith } from '../pack/image.ts';
import { librariesOf } from '../pack/libraries.ts';
import { withTar } from '../pack/tar.ts';
import { pullImage, withContainer } from './image.ts';

const REPOSITORY = 'meshbench-pull';
/** Our init's Node and its libraries lie here, so that an image's own are neither needed nor replaced. */
const PREFIX = '/meshbench';

/**
 * A public image with what a component needs of us: this program at its own path, and an init with its own Node. The
 * component itself, its libraries and everything else are those of the public image.
 * @throws BenchError preflight where the image cannot be had or taken.
 */
export async function deriveImage(
  docker: Docker,
  { image, path: program }: ProgramImage,
  readable: readonly string[],
): Promise<ComponentImage> {
  const { exact } = await pullImage(docker, image, () => undefined);
  const ours = readable.filter((entry) => statSync(entry).isDirectory()).flatMap(filesOfFolder);
  const libraries = await librariesOf([process.execPath]);
  const node = [process.execPath, ...libraries];
  const content = contentOf([...ours, ...node], { exact });
  const name = `${REPOSITORY}:${content.slice(0, 24)}`;
  const there = await imageWith(docker, content);
  if (there === undefined) {
    await withContainer(docker, exact, async (container) => {
      const put = (tar: Readable): Promise<unknown> => container.putArchive(tar, { path: '/' });
      await withTar(ours, '', put);
      await withTar(node, PREFIX, put);
      const [repo, tag] = name.split(':');
      await container.commit({ repo, tag, changes: [`LABEL ${CONTENT_LABEL}=${content}`] });
    }).catch((cause: Error) => {
      throw imageFailed(`what components need beside ${image}`, cause);
    });
  }
  return { name: there ?? name, init: initCommand(withOwnLibraries(libraries)), program };
}

/** A program behind its own loader finds its libraries in a place of its own; one without a loader needs none. */
function withOwnLibraries(libraries: readonly string[]): readonly string[] {
  const loader = libraries.find((file) => path.basename(file).startsWith('ld-'));
  const node = `${PREFIX}${process.execPath}`;
  if (loader === undefined) return [node];
  const folders = [...new Set(libraries.map((file) => `${PREFIX}${path.dirname(file)}`))];
  return [`${PREFIX}${loader}`, '--library-path', folders.join(':'), node];
}
