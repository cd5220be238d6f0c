import os from 'node:os';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { exitKind } from '../../gate/index.ts';
import { renderJson, renderText } from '../../report/index.ts';
import { availableCpus, calibrationPlan, mayRealtime, publish, run } from '../../run/index.ts';
import { RUNTIME_NAMES, type RuntimeName } from '../../scenario/index.ts';
import { bytes } from '../../units/index.ts';
import { type Context, userPath } from '../context.ts';
import { onInterrupt } from '../interrupt.ts';
import { ProgressLine } from '../progress.ts';
import { exitCode, explain } from '../terminal.ts';

interface Flags {
  readonly runtime?: RuntimeName;
  readonly out?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** `calibrate`: may the harness be believed on this machine? */
export function addCalibrate(program: Command, context: Context): void {
  program
    .command('calibrate')
    .summary('hold the harness against what is known: floor, delay, stall, clock, capacity')
    .description(
      'Measures responders whose latencies are known, in the place and by the program that measure scenarios, and says of\n' +
        'every check whether it held. Takes about a minute; a run begins with a short form of it. Ends with 12 where a check failed.',
    )
    .addOption(new Option('--runtime <name>', 'where hosts live').choices(RUNTIME_NAMES))
    .option('--out <folder>', 'write below this folder instead of reports/')
    .option('--quiet', 'no progress')
    .option('--json', 'print summary.json on stdout, and nothing else')
    .action(async (flags: Flags) => {
      context.exit(await calibrate(flags, context));
    });
}

async function calibrate(flags: Flags, { terminal, root }: Context): Promise<number> {
  const machine = { cpus: availableCpus(), memory: bytes(os.totalmem()), mayRealtime: mayRealtime() };
  const progress = new ProgressLine(terminal, flags.quiet === true);
  using interrupt = onInterrupt(terminal);
  const { folder, error } = await run({
    plan: calibrationPlan(flags.runtime === undefined ? {} : { runtime: flags.runtime }, machine),
    root,
    out: flags.out === undefined ? path.join(root, 'reports') : userPath(flags.out),
    envoyBin: undefined,
    replay: undefined,
    calibration: 'long',
    signal: interrupt.signal,
    tell: progress.tell,
    say: (line) => terminal.say(line),
  });
  progress.stop();
  const summary = await publish(folder, 'bin/meshbench calibrate');
  const options = { width: terminal.width, color: terminal.color, where: path.join(folder, 'report.html') };
  terminal.out(flags.json === true ? renderJson(summary) : renderText(summary, options));
  return error === undefined ? exitCode(exitKind(summary)) : explain(error, terminal);
}
