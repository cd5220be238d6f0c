import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type Docker from 'dockerode';
import { BenchError } from '../../../units/index.ts';
import { CONTENT_LABEL } from '../labels.ts';
import { filesToPack } from './files.ts';

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
  const filters = { label: [`${CONTENT_LABEL}=${content}`] };
  const [there] = await docker.listImages({ filters });
  if (there === undefined) await importFiles(docker, files, env, content, name);
  return { name: there?.RepoTags?.[0] ?? name, content };
}

/** Removes every packed image. Resolves with their names. @throws BenchError preflight where a container uses one. */
export async function removePackedImages(docker: Docker): Promise<readonly string[]> {
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

function contentOf(files: readonly string[], env: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256').update(JSON.stringify(env));
  for (const file of files) {
    const content = createHash('sha256').update(readFileSync(file)).digest('hex');
    hash.update(`${file}\0${(statSync(file).mode & 0o111) !== 0}\0${content}\0`);
  }
  return hash.digest('hex');
}

/** The folders in which files lie, outermost first: those of a user's home may be closed to others on this machine. */
function foldersOf(files: readonly string[]): readonly string[] {
  const folders = new Set<string>();
  for (const file of files) {
    for (let folder = path.dirname(file); folder !== '/'; folder = path.dirname(folder)) folders.add(folder);
  }
  return [...folders].sort();
}

async function importFiles(
  docker: Docker,
  files: readonly string[],
  env: Readonly<Record<string, string>>,
  content: string,
  name: string,
): Promise<void> {
  const [repo, tag] = name.split(':');
  const tar = spawnTar([...foldersOf(files), ...files]);
  const variables = Object.entries({ PATH: process.env['PATH'] ?? '', ...env });
  const changes = [`LABEL ${CONTENT_LABEL}=${content}`, ...variables.map(([key, value]) => `ENV ${key}=${value}`)];
  const stream = await docker.importImage(tar.stdout, { repo, tag, changes }).catch((cause: Error) => {
    throw packFailed(cause.message, cause);
  });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(stream, (error) =>
      error === null ? resolve() : reject(packFailed(error.message, error)),
    );
  });
}

/** Names are given relative to the root, contents instead of links, everybody may read. */
function spawnTar(files: readonly string[]) {
  const options = [
    '--dereference',
    '--hard-dereference',
    '--no-recursion',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
  ];
  const more = ['--mode=u+rwX,go+rX,go-w', '--mtime=@0', '--directory=/', '--null', '--files-from=-'];
  const tar = spawn('tar', ['--create', ...options, ...more], { stdio: ['pipe', 'pipe', 'ignore'] });
  tar.stdin.on('error', () => undefined);
  tar.stdin.end(files.map((file) => `${file.slice(1)}\0`).join(''));
  return tar;
}

function packFailed(reason: string, cause: Error): BenchError {
  return new BenchError(
    'preflight',
    'IMAGE_FAILED',
    `Docker could not take the image of this machine's binaries: ${reason}`,
    {
      hint: 'see that its disk has 500 MB free; `meshbench clean --images` removes images of earlier versions',
      cause,
    },
  );
}
