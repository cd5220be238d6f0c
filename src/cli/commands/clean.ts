import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { cacheFolder } from '../../setup/index.ts';
import type { Context } from '../context.ts';

/** `clean`: removes what meshbench keeps on this machine. */
export function addClean(program: Command, context: Context): void {
  program
    .command('clean')
    .summary('remove fetched Envoys or old reports')
    .description(
      'A run in the sandbox leaves nothing behind, however it ends, so there is nothing to sweep.\n' +
        'What is kept on purpose is removed on demand.',
    )
    .option('--cache', 'remove the fetched Envoys')
    .option('--reports', "remove every run's folder below reports/")
    .action(async (flags: { cache?: boolean; reports?: boolean }) => {
      const cache = cacheFolder();
      const reports = path.join(context.root, 'reports');
      if (flags.cache === true) await remove(cache, context);
      if (flags.reports === true) {
        const scenarios = await readdir(reports, { withFileTypes: true }).catch(() => []);
        for (const entry of scenarios.filter((found) => found.isDirectory()))
          await remove(path.join(reports, entry.name), context);
      }
      if (flags.cache !== true && flags.reports !== true) {
        context.terminal.say(`nothing to sweep; --cache removes ${cache}, --reports removes the runs in ${reports}`);
      }
    });
}

async function remove(folder: string, { terminal }: Context): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  terminal.say(`removed ${folder}`);
}
