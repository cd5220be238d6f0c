import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { compareRuns, digestRecord, type RunDigest } from '../../compare/index.ts';
import { readRecord } from '../../record/index.ts';
import { comparisonPaper, paperHtml, paperMarkdown, paperText, safeJson } from '../../report/index.ts';
import { type Context, userPath } from '../context.ts';
import { findRun } from '../find-run.ts';
import { shareOption } from '../options.ts';

interface Flags {
  readonly tolerance?: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** `compare <run> <run> [run…]`: what differs between records, with an interval for every difference. */
export function addCompare(program: Command, context: Context): void {
  program
    .command('compare')
    .summary('compare records of runs, with an interval for every difference')
    .description(
      'Compares runs with the first one: what differs in plan and fingerprint, and each metric of each variant of the\n' +
        'same name. Runs of other machines or runtimes are shown, and nothing is concluded about them.',
    )
    .argument('<runs...>', 'folders of runs, their record.jsonl, or names of scenarios for their latest runs')
    .option(
      '--tolerance <share>',
      "a difference within it counts as none, for example 5%; the first run's by default",
      shareOption,
    )
    .option('--out <folder>', 'write comparison.html, .md and .json there')
    .option('--json', 'print comparison.json on stdout, and nothing else')
    .action(async (runs: readonly string[], flags: Flags) => {
      await compare(runs, flags, context);
    });
}

async function compare(runs: readonly string[], flags: Flags, { terminal, root }: Context): Promise<void> {
  const digests: RunDigest[] = [];
  for (const [at, run] of runs.entries()) {
    const folder = await findRun(run, root);
    const label = runs.indexOf(run) === at ? run : `${run} (${at + 1})`;
    digests.push(digestRecord(label, await readRecord(path.join(folder, 'record.jsonl'))));
  }
  const comparison = compareRuns(digests, flags.tolerance);
  const paper = comparisonPaper(comparison);
  if (flags.json === true) terminal.out(safeJson(comparison));
  else terminal.out(paperText(paper, { width: terminal.width, color: terminal.color }));
  if (flags.out === undefined) return;
  const out = userPath(flags.out);
  await mkdir(out, { recursive: true });
  await writeFile(path.join(out, 'comparison.json'), safeJson(comparison));
  await writeFile(path.join(out, 'comparison.md'), paperMarkdown(paper));
  await writeFile(path.join(out, 'comparison.html'), await paperHtml(paper));
  if (flags.json !== true) terminal.out(`\nreport: ${path.join(out, 'comparison.html')}\n`);
}
