import path from 'node:path';
import { Command, CommanderError } from 'commander';
import { programVersion } from '../run/index.ts';
import { EXIT_CODE } from '../units/index.ts';
import { addCalibrate } from './commands/calibrate.ts';
import { addClean } from './commands/clean.ts';
import { addCompare } from './commands/compare.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExport, addImages } from './commands/export.ts';
import { addGate } from './commands/gate.ts';
import { addKnee } from './commands/knee.ts';
import { addList } from './commands/list.ts';
import { addLoad } from './commands/load.ts';
import { addReport } from './commands/report.ts';
import { addPlan, addRun } from './commands/run.ts';
import { addServe } from './commands/serve.ts';
import type { Context } from './context.ts';
import { explain, openTerminal } from './terminal.ts';

/** dist/src/cli/main.js stands three folders below the checkout. */
const ROOT = path.resolve(import.meta.dirname, '../../..');

/** Runs one command line, without the program's own name; resolves with the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const terminal = openTerminal();
  let code: number = EXIT_CODE.done;
  const context: Context = {
    terminal,
    root: ROOT,
    exit: (value) => {
      code = value;
    },
  };
  try {
    await program(context).parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODE.done : EXIT_CODE.usage;
    return explain(error, terminal);
  }
}

function program(context: Context): Command {
  const command = new Command('meshbench')
    .description('Measures what a service mesh costs: real Envoys, open-loop load, an interval for every difference.')
    .version(programVersion(context.root))
    .exitOverride()
    .configureOutput({ writeErr: (text) => context.terminal.say(text.trimEnd()) })
    .showHelpAfterError('(--help shows what there is)')
    .addHelpText('after', HELP);
  for (const add of [
    ...[addRun, addKnee, addLoad, addCalibrate, addPlan, addList, addDoctor, addReport],
    ...[addCompare, addGate, addServe, addExport, addImages, addClean],
  ])
    add(command, context);
  return command;
}

const HELP = `
Examples:
  npm run bench quickstart                        what one sidecar hop costs, in under two minutes
  npm run bench quickstart -- --trials 12         the same with twice the blocks (mind the two dashes)
  meshbench run my-scenario.yaml --quick          does my scenario work?
  meshbench run quickstart --config-dump FILE     what my own sidecar costs (docs/replay.md)
  meshbench load http://127.0.0.1:8080/ --rate 2000/s --connections 32 --warmup 1s --duration 10s
  meshbench knee sidecar-overhead --slo 'p99 < 5ms'   the highest rate that each variant carries so
  meshbench calibrate                             may the harness be believed on this machine?
  meshbench report quickstart                     render the latest run again
  meshbench compare A B                           what differs between two runs, with intervals
  meshbench serve                                 reports, live runs and comparisons in a browser
  meshbench gate quickstart --baseline envoy=1.36.2 --candidate envoy=1.40.0

Exit codes: 0 done or pass, 1 internal error, 2 usage or scenario, 3 preflight, 10 regression or threshold broken,
11 inconclusive, 12 invalid, 20 a component failed, 130 interrupted.`;
