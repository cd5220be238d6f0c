import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { removeImages, sweepDocker } from '../../runtime/index.ts';
import { cacheFolder } from '../../setup/index.ts';
import { BenchError } from '../../units/index.ts';
import type { Context } from '../context.ts';

/** Without a daemon there are no containers. */
const NO_DOCKER: ReadonlySet<string> = new Set(['DOCKER_MISSING', 'DOCKER_DOWN']);

/** `clean`: removes what meshbench keeps on this machine. */
export function addClean(program: Command, context: Context): void {
  program
    .command('clean')
    .summary('remove what killed runs left in Docker, fetched Envoys, images or old reports')
    .description(
      'A run in the sandbox leaves nothing behind, however it ends. What killed runs left in Docker is removed here and at\n' +
        'the start of the next run there. What is kept on purpose is removed on demand.',
    )
    .option('--cache', 'remove the fetched Envoys')
    .option('--images', 'remove the images that were made or pulled for the Docker runtime')
    .option('--reports', "remove every run's folder below reports/")
    .action(async (flags: { cache?: boolean; images?: boolean; reports?: boolean }) => {
      const cache = cacheFolder();
      const reports = path.join(context.root, 'reports');
      if (flags.cache === true) await remove(cache, context);
      if (flags.images === true) {
        for (const image of await removeImages()) context.terminal.say(`removed the image ${image}`);
      }
      if (flags.reports === true) {
        const scenarios = await readdir(reports, { withFileTypes: true }).catch(() => []);
        for (const entry of scenarios.filter((found) => found.isDirectory()))
          await remove(path.join(reports, entry.name), context);
      }
      if (flags.cache !== true && flags.images !== true && flags.reports !== true) {
        context.terminal.say(await swept());
        context.terminal.say(`--cache removes ${cache}, --images those of Docker, --reports the runs in ${reports}`);
      }
    });
}

/** A machine without Docker has nothing to sweep. @throws BenchError where Docker is there and cannot be asked. */
async function swept(): Promise<string> {
  try {
    const count = await sweepDocker();
    return count === 0 ? 'nothing to sweep' : `removed ${count} things that killed runs left in Docker`;
  } catch (error) {
    if (error instanceof BenchError && NO_DOCKER.has(error.code)) return `nothing to sweep: ${error.message}`;
    throw error;
  }
}

async function remove(folder: string, { terminal }: Context): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  terminal.say(`removed ${folder}`);
}
