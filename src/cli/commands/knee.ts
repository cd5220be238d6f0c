import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { KNEE_BETWEEN, KNEE_TRIALS, parseSlo, type Scenario, type Slo } from '../../scenario/index.ts';
import { BenchError, type Rate } from '../../units/index.ts';
import type { Context } from '../context.ts';
import { rateOption } from '../options.ts';
import { type Flags, runScenario, withPlanFlags, withRunFlags } from './run.ts';

interface KneeFlags extends Flags {
  readonly slo?: Slo;
  readonly from?: Rate;
  readonly to?: Rate;
}

/** `knee <scenario>`: the highest rate at which every variant holds an SLO. */
export function addKnee(program: Command, context: Context): void {
  withRunFlags(withPlanFlags(program.command('knee')))
    .summary('find the highest rate at which every variant of a scenario holds an SLO')
    .description(
      'Chooses the rate of every trial by what the trials before have shown, until the knee of each variant is known to a few\n' +
        'per cent, and reports it with its interval. Works with any scenario; what it says of rates and thresholds is not used.\n' +
        '--trials is the most trials of each variant.',
    )
    .option('--slo <text>', "what a rate must hold: 'p99 < 5ms', 'p99.9 < 20ms and errors < 0.1%'", sloOption)
    .option('--from <rate>', 'lowest rate that may be the knee', rateOption)
    .option('--to <rate>', 'highest rate that may be the knee', rateOption)
    .action(async (scenario: string, flags: KneeFlags) => {
      context.exit(await runScenario(scenario, flags, context, (read) => lookingForKnee(read, flags)));
    });
}

function sloOption(text: string): Slo {
  const read = parseSlo(text);
  if (read.ok) return read.value;
  throw new InvalidArgumentError(read.problem);
}

/** The scenario as a search, by its own words and the flags. @throws BenchError usage where it does not become one. */
function lookingForKnee(scenario: Scenario, flags: KneeFlags): Scenario {
  const slo = flags.slo ?? scenario.knee?.slo;
  if (slo === undefined) {
    throw new BenchError(
      'usage',
      'KNEE_WITHOUT_SLO',
      `the scenario ${scenario.name} names no slo, and --slo does not either`,
      {
        hint: "say what a rate must hold: --slo 'p99 < 5ms'",
      },
    );
  }
  const from = flags.from ?? scenario.knee?.from ?? KNEE_BETWEEN[0];
  const to = flags.to ?? scenario.knee?.to ?? KNEE_BETWEEN[1];
  if (!(from < to)) throw new BenchError('usage', 'KNEE_RANGE', '--from must be below --to');
  const trials = scenario.knee === undefined ? KNEE_TRIALS : scenario.trials;
  return { ...scenario, knee: { slo, from, to }, trials, thresholds: [] };
}
