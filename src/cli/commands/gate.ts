import { randomInt } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { readArm } from '../../plan/index.ts';
import { gatePaper, paperText, proofPaper, safeJson } from '../../report/index.ts';
import {
  availableCpus,
  type GateRequest,
  mayRealtime,
  prove,
  publishGate,
  publishProof,
  runGate,
} from '../../run/index.ts';
import { findScenario } from '../../scenario/index.ts';
import { BenchError, bytes, EXIT_CODE, type ExitKind, type Nanos, type Rate } from '../../units/index.ts';
import { checkMetric, GATEABLE, type GateVerdict, LOOKS, makePolicy, type Policy } from '../../verdict/index.ts';
import { asFile, type Context, userPath } from '../context.ts';
import { onInterrupt } from '../interrupt.ts';
import { countOption, durationOption, rateOption, seedOption, shareOption, wholeOption } from '../options.ts';
import { ProgressLine } from '../progress.ts';
import { exitCode, type Terminal } from '../terminal.ts';

export interface GateFlags {
  readonly baseline: string;
  readonly candidate?: string;
  readonly prove?: boolean;
  readonly aaTrials: number;
  readonly effectTrials: number;
  readonly gates: number;
  readonly live: number;
  readonly metric?: readonly Gated[];
  readonly tolerance?: number;
  readonly guard?: Nanos;
  readonly blocks?: number;
  readonly confirm: boolean;
  readonly duration?: Nanos;
  readonly warmup?: Nanos;
  readonly rate?: Rate;
  readonly seed?: number;
  readonly envoyBin?: string;
  readonly out?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** A metric of `--metric`, with a tolerance of its own where one was written. */
interface Gated {
  readonly name: string;
  readonly tolerance: number | undefined;
}

const EXIT: Readonly<Record<GateVerdict, ExitKind>> = {
  pass: 'done',
  regression: 'regression',
  inconclusive: 'inconclusive',
  invalid: 'invalid',
  failed: 'component',
  interrupted: 'interrupted',
};

/** What is gated unless `--metric` says otherwise: what one scenario can tell apart in a quarter of an hour. */
const DEFAULT_METRICS = ['responseNs.p50', 'cpuMsPer1k'] as const;

/** `gate <scenario>`: is the candidate worse than the baseline? */
export function addGate(program: Command, context: Context): void {
  program
    .command('gate')
    .summary('is a candidate worse than its baseline? ends with an exit code')
    .description(
      'Measures two arms of a scenario in interleaved blocks of one run, until the answer is certain or the last block is\n' +
        'spent; what is found worse is measured once more before it counts. An arm is a variant, and what is changed of it:\n' +
        '  outbound   envoy=1.36.2   outbound,envoy=./my-envoy   mesh.envoy.concurrency=2   revision=v1.2   bootstrap=my.yaml',
    )
    .argument('<scenario>', 'name of a file in scenarios/, or path of a .yaml file')
    .requiredOption('--baseline <arm>', 'what is compared with')
    .option('--candidate <arm>', 'what must not be worse')
    .option(
      '--metric <name[=tolerance]>',
      'gate this metric; may be repeated (p50 and CPU per 1,000 requests by default)',
      gatedOption,
      [],
    )
    .option('--tolerance <share>', "how much worse a metric may be; the scenario's own by default", shareOption)
    .option('--guard <time>', 'a smaller difference per request is no regression (5us by default)', durationOption)
    .option('--blocks <n>', `most blocks of each run; looks at ${LOOKS.join(', ')} by default`, countOption)
    .option('--no-confirm', 'do not measure again what is found worse: it is inconclusive then')
    .option(
      '--prove',
      'prove the gate itself with the baseline: false alarms and power by replay, then live gates; takes hours',
    )
    .option('--aa-trials <n>', 'of a proof: trials without a difference', countOption, 200)
    .option('--effect-trials <n>', 'of a proof: trials of each injected busy-wait', countOption, 60)
    .option('--gates <n>', 'of a proof: replayed gates for each', countOption, 1000)
    .option('--live <n>', 'of a proof: live gates of each kind, 0 for none', wholeOption, 5)
    .option('--duration <time>', 'measurement of each trial', durationOption)
    .option('--warmup <time>', 'warm-up of each trial', durationOption)
    .option('--rate <rate>', 'offered rate', rateOption)
    .option('--seed <n>', 'seed of orders and schedules; random without', seedOption)
    .option('--envoy-bin <file>', 'run this Envoy where an arm names none (also: ENVOY_BIN)')
    .option('--out <folder>', 'write below this folder instead of reports/')
    .option('--quiet', 'no progress')
    .option('--json', 'print gate.json on stdout, and nothing else')
    .action(async (scenario: string, flags: GateFlags) => {
      context.exit(await gate(scenario, flags, context));
    });
}

async function gate(scenario: string, flags: GateFlags, context: Context): Promise<number> {
  const { terminal } = context;
  const progress = new ProgressLine(terminal, flags.quiet === true);
  using interrupt = onInterrupt(terminal);
  const asked = await commonRequest(scenario, flags, context, interrupt.signal, progress);
  if (flags.prove === true) return proveGate(asked, flags, terminal);
  const { candidate } = flags;
  if (candidate === undefined) {
    throw new BenchError('usage', 'GATE_CANDIDATE', 'a gate needs --candidate <arm>', {
      hint: 'name what must not be worse; --prove goes without',
    });
  }
  const document = await runGate({
    ...asked,
    arms: { baseline: readArm(flags.baseline), candidate: readArm(candidate) },
  });
  progress.stop();
  const folder = await publishGate(document, asked.out);
  if (flags.json === true) terminal.out(safeJson(document));
  else {
    const where = path.join(folder, 'gate.html');
    terminal.out(paperText(gatePaper(document), { width: terminal.width, color: terminal.color, where }));
  }
  return exitCode(EXIT[document.verdict]);
}

/** The gate's own proof. It has no verdict: whether its bars are kept stands in the tables. */
async function proveGate(asked: Omit<GateRequest, 'arms'>, flags: GateFlags, terminal: Terminal): Promise<number> {
  const { aaTrials, effectTrials: trialsPerEffect, gates, live } = flags;
  const proof = await prove({
    ...asked,
    baseline: readArm(flags.baseline),
    counts: { aaTrials, trialsPerEffect, gates, live },
    seed: flags.seed ?? randomInt(2 ** 30),
    stage: (line) => terminal.say(line),
    keep: async (document) => void (await publishGate(document, asked.out)),
  });
  const folder = await publishProof(proof, asked.out);
  if (flags.json === true) terminal.out(safeJson(proof));
  else {
    const where = path.join(folder, 'proof.html');
    terminal.out(paperText(proofPaper(proof), { width: terminal.width, color: terminal.color, where }));
  }
  return EXIT_CODE.done;
}

async function commonRequest(
  scenario: string,
  flags: GateFlags,
  { terminal, root }: Context,
  signal: AbortSignal,
  progress: ProgressLine,
): Promise<Omit<GateRequest, 'arms'>> {
  const { duration, warmup, rate, seed } = flags;
  return {
    place: { file: await findScenario(asFile(scenario), path.join(root, 'scenarios')), resolve: userPath },
    overrides: {
      ...(duration === undefined ? {} : { duration }),
      ...(warmup === undefined ? {} : { warmup }),
      ...(rate === undefined ? {} : { rate }),
      ...(seed === undefined ? {} : { seed }),
    },
    policy: (tolerance) => policyOf(flags, tolerance),
    confirm: flags.confirm,
    machine: { cpus: availableCpus(), memory: bytes(os.totalmem()), mayRealtime: mayRealtime() },
    root,
    out: flags.out === undefined ? path.join(root, 'reports') : userPath(flags.out),
    envoyBin: flags.envoyBin === undefined ? process.env['ENVOY_BIN'] : userPath(flags.envoyBin),
    signal,
    tell: progress.tell,
    say: (line) => terminal.say(line),
  };
}

/** The policy that the flags ask for; `tolerance` is the scenario's own. */
function policyOf(flags: GateFlags, tolerance: number): Policy {
  const chosen =
    flags.metric === undefined || flags.metric.length === 0
      ? DEFAULT_METRICS.map((name) => ({ name, tolerance: undefined }))
      : flags.metric;
  const metrics = new Map(chosen.map(({ name, tolerance: own }) => [name, own ?? flags.tolerance ?? tolerance]));
  return makePolicy(metrics, {
    ...(flags.guard === undefined ? {} : { guardNs: flags.guard }),
    ...(flags.blocks === undefined ? {} : { looks: looksUpTo(flags.blocks) }),
  });
}

/** The usual looks that are not above the last one, and the last one. */
function looksUpTo(blocks: number): readonly number[] {
  return [...LOOKS.filter((look) => look < blocks), blocks];
}

function gatedOption(text: string, before: readonly Gated[]): readonly Gated[] {
  const [name = '', share] = text.split('=');
  try {
    checkMetric(name, GATEABLE);
  } catch (cause) {
    throw new InvalidArgumentError((cause as Error).message);
  }
  return [...before, { name, tolerance: share === undefined ? undefined : shareOption(share) }];
}
