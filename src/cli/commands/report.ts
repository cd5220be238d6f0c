import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { exitKind } from '../../gate/index.ts';
import { renderJson, renderText } from '../../report/index.ts';
import { publish } from '../../run/index.ts';
import { BenchError } from '../../units/index.ts';
import { type Context, userPath } from '../context.ts';
import { exitCode } from '../terminal.ts';

/** `report <run>`: renders a run's outputs again from its record. */
export function addReport(program: Command, context: Context): void {
  program
    .command('report')
    .summary("render a run's outputs again from its record")
    .argument('<run>', "a run's folder, its record.jsonl, or the name of a scenario for its latest run")
    .option('--json', 'print summary.json on stdout, and nothing else')
    .action(async (run: string, flags: { json?: boolean }) => {
      const { terminal } = context;
      const folder = await findRun(run, context.root);
      const summary = await publish(folder);
      if (flags.json === true) terminal.out(renderJson(summary));
      else {
        terminal.out(renderText(summary, { width: terminal.width, color: terminal.color }));
        terminal.out(`\nreport: ${path.join(folder, 'report.html')}\n`);
      }
      context.exit(exitCode(exitKind(summary)));
    });
}

async function findRun(run: string, root: string): Promise<string> {
  const asGiven = userPath(run);
  const candidates = [
    path.basename(asGiven) === 'record.jsonl' ? path.dirname(asGiven) : asGiven,
    path.join(asGiven, 'latest'),
    path.join(root, 'reports', run, 'latest'),
  ];
  for (const folder of candidates) {
    const found = await stat(path.join(folder, 'record.jsonl')).catch(() => undefined);
    if (found?.isFile() === true) return folder;
  }
  throw new BenchError('usage', 'NO_RECORD', `no record.jsonl in ${candidates.join(', ')}`, {
    hint: 'name the folder of a run below reports/, or a scenario that was run',
  });
}
