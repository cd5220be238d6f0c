import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { BenchError } from '../../../units/index.ts';
import type { ProgramImage } from '../../runtime.ts';
import { openEngine } from '../engine.ts';
import { pullImage, withContainer } from './image.ts';

/**
 * A copy on this machine of a program in a public image: what it is, by hash and by its own word, is asked of the copy, and
 * both runtimes can run the same bytes. It is kept below `cache`, by the image's digest.
 * @throws BenchError as openEngine and pullImage do, and preflight where the image has no such program.
 */
export async function pullProgram(
  { image, path: inside }: ProgramImage,
  cache: string,
  say: (line: string) => void,
): Promise<string> {
  const { docker } = await openEngine();
  const { exact, digest } = await pullImage(docker, image, say);
  const folder = path.join(cache, 'images', digest.slice('sha256:'.length).slice(0, 24));
  const copy = path.join(folder, path.basename(inside));
  if (existsSync(copy)) return copy;
  await mkdir(folder, { recursive: true });
  const temporary = await mkdtemp(path.join(folder, '.copying-'));
  try {
    await withContainer(docker, exact, async (container) => {
      const tar = (await container.getArchive({ path: inside })) as NodeJS.ReadableStream;
      await untar(tar, temporary);
    });
    const file = path.join(temporary, path.basename(inside));
    if (!statSync(file).isFile()) throw new Error('it is no file');
    await rename(file, copy);
    return copy;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.trim() : String(cause);
    throw new BenchError('preflight', 'IMAGE_PROGRAM', `${inside} could not be taken out of ${image}: ${reason}`, {
      hint: 'list an image that has it there, or leave out --images pull',
      cause,
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function untar(stream: NodeJS.ReadableStream, folder: string): Promise<void> {
  const tar = spawn('tar', ['--extract', '--no-same-owner', '-C', folder], { stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = new Promise<void>((resolve, reject) => {
    tar.once('error', reject);
    tar.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`tar ended with ${code}`))));
  });
  await pipeline(stream, tar.stdin);
  await ended;
}
