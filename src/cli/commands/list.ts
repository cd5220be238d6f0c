import path from 'node:path';
import type { Command } from 'commander';
import { listScenarios } from '../../scenario/index.ts';
import type { Context } from '../context.ts';

/** `list`: the scenarios and their questions. */
export function addList(program: Command, context: Context): void {
  program
    .command('list')
    .summary('list the scenarios and the question of each')
    .option('--json', 'print them as JSON')
    .action(async (flags: { json?: boolean }) => {
      const scenarios = await listScenarios(path.join(context.root, 'scenarios'));
      if (flags.json === true) {
        context.terminal.out(`${JSON.stringify(scenarios, null, 2)}\n`);
        return;
      }
      const width = Math.max(...scenarios.map(({ name }) => name.length));
      for (const entry of scenarios) {
        const text =
          'question' in entry ? `${entry.question} (${entry.variants.join(', ')})` : `cannot be read: ${entry.problem}`;
        context.terminal.out(`${entry.name.padEnd(width)}  ${text}\n`);
      }
    });
}
