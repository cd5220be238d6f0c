import os from 'node:os';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { exitKind } from '../../gate/index.ts';
import { createPlan, describePlan, type Overrides, renderPlan } from '../../plan/index.ts';
import { renderJson, renderText } from '../../report/index.ts';
import {
  availableCpus,
  buildMeshes,
  IMAGE_WAYS,
  type ImageWay,
  type IstiodFlags,
  mayRealtime,
  publish,
  readGivenIstiod,
  replayNotes,
  run,
} from '../../run/index.ts';
import { findScenario, RUNTIME_NAMES, readScenario, type Scenario } from '../../scenario/index.ts';
import { namedIstiods } from '../../setup/index.ts';
import { bytes, EXIT_CODE } from '../../units/index.ts';
import { calibrationOf } from '../calibration.ts';
import { asFile, type Context, userPath } from '../context.ts';
import { onInterrupt } from '../interrupt.ts';
import { countOption, durationOption, hostOption, listOption, rateOption, seedOption } from '../options.ts';
import { ProgressLine } from '../progress.ts';
import { readReplay } from '../replay.ts';
import { exitCode, explain } from '../terminal.ts';

/** What the commands that run a scenario have in common. */
export interface Flags extends Omit<Overrides, 'replay'> {
  readonly out?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly envoyBin?: string;
  readonly istiodBin?: string;
  readonly meshConfig?: string;
  readonly objects?: string;
  readonly images?: ImageWay;
  readonly configDump?: string;
  readonly bootstrap?: string;
  readonly replayListener?: string;
  readonly replayAuthority?: string;
  readonly insist?: boolean;
  readonly calibration: boolean;
}

/** `run <scenario>`: measures a scenario and writes its report. */
export function addRun(program: Command, context: Context): void {
  withRunFlags(withPlanFlags(program.command('run')))
    .summary('measure a scenario and write its report')
    .description(
      'Measures every variant of a scenario in randomised blocks, with fresh processes for every trial, and writes\n' +
        'record.jsonl, report.html, summary.md and summary.json to reports/<scenario>/<time>-<id>/.\n' +
        'Through npm, flags stand behind two dashes: npm run bench quickstart -- --trials 8',
    )
    .action(async (scenario: string, flags: Flags) => {
      context.exit(await runScenario(scenario, flags, context));
    });
}

/** Flags of commands that measure. */
export function withRunFlags(command: Command): Command {
  return command
    .option('--out <folder>', 'write below this folder instead of reports/')
    .option('--envoy-bin <file>', 'run this Envoy in every sidecar (also: ENVOY_BIN)')
    .option(
      '--istiod-bin <file>',
      'run this istiod (pilot-discovery) where variants have one; several by their names: 1.29=FILE,1.30=FILE (also: ISTIOD_BIN)',
    )
    .option('--mesh-config <file>', "fields of your mesh's configuration for istiod (YAML or JSON); docs/istiod.md")
    .option('--objects <folder>', "write your mesh's objects (YAML or JSON files) into istiod's API server as well")
    .addOption(
      new Option(
        '--images <way>',
        "in containers: pack this machine's binaries (the default), or pull public images",
      ).choices(IMAGE_WAYS),
    )
    .option('--insist', 'measure although calibration failed; every page then says so')
    .option('--no-calibration', 'begin at once, uncalibrated; every page then says so')
    .option('--quiet', 'no progress')
    .option('--json', 'print summary.json on stdout, and nothing else')
    .option('--dry-run', 'print the plan and start nothing');
}

/** `plan <scenario>`: what a run would do. */
export function addPlan(program: Command, context: Context): void {
  withPlanFlags(program.command('plan'))
    .summary('print what a run would do and how long it would take')
    .option('--json', 'print the plan as JSON')
    .action(async (scenario: string, flags: Flags) => {
      context.exit(await runScenario(scenario, { ...flags, dryRun: true }, context));
    });
}

/** Flags that decide a plan. */
export function withPlanFlags(command: Command): Command {
  return command
    .argument('<scenario>', 'name of a file in scenarios/, or path of a .yaml file')
    .option('--trials <n>', 'blocks, each with one trial of every variant', countOption)
    .option('--duration <time>', 'measurement of each trial, for example 10s', durationOption)
    .option('--warmup <time>', 'warm-up of each trial', durationOption)
    .option('--rate <rate>', 'offered rate, for example 2000/s', rateOption)
    .option('--variants <names>', 'only these, separated by commas; the first is the baseline', listOption)
    .option('--seed <n>', 'seed of orders and schedules; random without', seedOption)
    .addOption(
      new Option('--runtime <name>', 'where hosts live: namespaces of this machine, or containers').choices(
        RUNTIME_NAMES,
      ),
    )
    .option('--quick', 'show that the scenario works: two short blocks, no verdict')
    .addOption(
      new Option(
        '--config-dump <file>',
        "run your own sidecar's configuration beside the client, from its admin's /config_dump",
      ).conflicts('bootstrap'),
    )
    .option('--bootstrap <file>', 'the same, from a static bootstrap (JSON or YAML); docs/replay.md')
    .option('--replay-listener <name>', 'the listener by which requests come in; without it the one that fits best')
    .option(
      '--replay-authority <host>',
      'the host that requests name; without it one that the routes name',
      hostOption,
    );
}

/** Measures a scenario, as `adapt` changes it, and writes its report. */
export async function runScenario(
  name: string,
  flags: Flags,
  context: Context,
  adapt: (scenario: Scenario) => Scenario = (scenario) => scenario,
): Promise<number> {
  const { terminal, root } = context;
  const scenario = adapt(await readScenario(await findScenario(asFile(name), path.join(root, 'scenarios'))));
  const machine = { cpus: availableCpus(), memory: bytes(os.totalmem()), mayRealtime: mayRealtime() };
  const replay = await readReplay(flags);
  const plan = createPlan(scenario, { ...overrides(flags), ...replay.request }, machine);
  if (flags.dryRun === true) {
    const notes = replayNotes(buildMeshes(plan, replay.replay));
    terminal.out(
      flags.json === true ? `${JSON.stringify(describePlan(plan, notes), null, 2)}\n` : renderPlan(plan, notes),
    );
    return EXIT_CODE.done;
  }
  const progress = new ProgressLine(terminal, flags.quiet === true);
  using interrupt = onInterrupt(terminal);
  const outcome = await run({
    plan,
    root,
    out: flags.out === undefined ? path.join(root, 'reports') : userPath(flags.out),
    envoyBin: flags.envoyBin === undefined ? process.env['ENVOY_BIN'] : userPath(flags.envoyBin),
    ...(flags.images === undefined ? {} : { images: flags.images }),
    replay: replay.replay,
    givenIstiod: await readGivenIstiod(pathsOf(flags)),
    calibration: calibrationOf(flags),
    signal: interrupt.signal,
    tell: progress.tell,
    say: (line) => terminal.say(line),
  });
  progress.tell({ kind: 'rendering' });
  progress.stop();
  const summary = await publish(outcome.folder);
  terminal.out(
    flags.json === true ? renderJson(summary) : renderText(summary, { width: terminal.width, color: terminal.color }),
  );
  if (flags.json !== true) terminal.out(`\nreport: ${path.join(outcome.folder, 'report.html')}\n`);
  if (outcome.error !== undefined) return explain(outcome.error, terminal);
  return exitCode(exitKind(summary));
}

function pathsOf({ istiodBin, meshConfig, objects }: Flags): IstiodFlags {
  const given = (name: string | undefined): string | undefined => (name === undefined ? undefined : userPath(name));
  const istiods = [...namedIstiods(istiodBin ?? '')].map(
    ([name, file]) => `${name === '' ? '' : `${name}=`}${userPath(file)}`,
  );
  return {
    istiodBin: istiodBin === undefined ? undefined : istiods.join(','),
    meshConfig: given(meshConfig),
    objects: given(objects),
  };
}

function overrides(flags: Flags): Overrides {
  const { trials, duration, warmup, rate, variants, seed, runtime, quick } = flags;
  return {
    ...(trials === undefined ? {} : { trials }),
    ...(duration === undefined ? {} : { duration }),
    ...(warmup === undefined ? {} : { warmup }),
    ...(rate === undefined ? {} : { rate }),
    ...(variants === undefined ? {} : { variants }),
    ...(seed === undefined ? {} : { seed }),
    ...(runtime === undefined ? {} : { runtime }),
    ...(quick === undefined ? {} : { quick }),
  };
}
