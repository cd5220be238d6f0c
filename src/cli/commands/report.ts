import path from 'node:path';
import type { Command } from 'commander';
import { exitKind } from '../../gate/index.ts';
import { renderJson, renderText } from '../../report/index.ts';
import { publish } from '../../run/index.ts';
import type { Context } from '../context.ts';
import { findRun } from '../find-run.ts';
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
