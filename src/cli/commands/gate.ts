import path from 'node:path';
import type { Command } from 'commander';
import { readArm } from '../../plan/index.ts';
import { gatePaper, paperText, safeJson } from '../../report/index.ts';
import { appendToHistory, type GateRequest, measureGate, prepareGate, publishGate } from '../../run/index.ts';
import { BenchError, type ExitKind } from '../../units/index.ts';
import { type GateDocument, type GateVerdict, LOOKS } from '../../verdict/index.ts';
import { type Context, userPath } from '../context.ts';
import { type GateFlags, gatedOption, gateRequest } from '../gate-request.ts';
import { onInterrupt } from '../interrupt.ts';
import { countOption, durationOption, rateOption, seedOption, shareOption, wholeOption } from '../options.ts';
import { ProgressLine } from '../progress.ts';
import { proveGates } from '../prove.ts';
import { exitCode, type Terminal } from '../terminal.ts';

const EXIT: Readonly<Record<GateVerdict, ExitKind>> = {
  pass: 'done',
  regression: 'regression',
  inconclusive: 'inconclusive',
  invalid: 'invalid',
  failed: 'component',
  interrupted: 'interrupted',
};

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
    .argument('<scenarios...>', 'names of files in scenarios/, or paths of .yaml files; they share the error budget')
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
    .option(
      '--blocks <n>',
      `most blocks of each run, as many as fit into 14 minutes by default; looks at ${LOOKS.join(', ')}, then whenever they have doubled`,
      countOption,
    )
    .option('--no-confirm', 'do not measure again what is found worse: it is inconclusive then')
    .option(
      '--prove',
      'prove the gate itself with the baseline: false alarms and power by replay, then live gates; takes hours',
    )
    .option('--aa-trials <n>', 'of a proof: trials without a difference', countOption, 200)
    .option('--effect-trials <n>', 'of a proof: trials of each injected busy-wait', countOption, 60)
    .option('--gates <n>', 'of a proof: replayed gates for each', countOption, 1000)
    .option('--live <n>', 'of a proof: live gates of each kind; 5 by default, 0 with --from', wholeOption)
    .option('--from <paths...>', 'of a proof: use the recordings of these runs and proofs, and record nothing')
    .option(
      '--record-for <time>',
      'of a proof: record no longer than this, and with --from what is lacking',
      durationOption,
    )
    .option('--duration <time>', 'measurement of each trial', durationOption)
    .option('--warmup <time>', 'warm-up of each trial', durationOption)
    .option('--rate <rate>', 'offered rate', rateOption)
    .option('--seed <n>', 'seed of orders and schedules; random without', seedOption)
    .option('--envoy-bin <file>', 'run this Envoy where an arm names none (also: ENVOY_BIN)')
    .option('--out <folder>', 'write below this folder instead of reports/')
    .option('--insist', 'measure although calibration failed; every page then says so')
    .option('--no-calibration', 'begin at once, uncalibrated; every page then says so')
    .option('--history <folder>', "append the verdict to the scenario's history there, and draw its trend page")
    .option('--quiet', 'no progress')
    .option('--json', 'print gate.json on stdout, and nothing else')
    .action(async (scenarios: readonly string[], flags: GateFlags) => {
      context.exit(await gate(scenarios, flags, context));
    });
}

async function gate(scenarios: readonly string[], flags: GateFlags, context: Context): Promise<number> {
  const { terminal } = context;
  const progress = new ProgressLine(terminal, flags.quiet === true);
  using interrupt = onInterrupt(terminal);
  const asked: Omit<GateRequest, 'arms'>[] = [];
  for (const scenario of scenarios) {
    asked.push(await gateRequest(scenario, scenarios.length, flags, context, interrupt.signal, progress));
  }
  if (flags.prove === true) return proveGates(asked, flags, context);
  const { candidate } = flags;
  if (candidate === undefined) {
    throw new BenchError('usage', 'GATE_CANDIDATE', 'a gate needs --candidate <arm>', {
      hint: 'name what must not be worse; --prove goes without',
    });
  }
  const arms = { baseline: readArm(flags.baseline), candidate: readArm(candidate) };
  // What is wrong with any of them is said before the first is measured.
  const gates = await Promise.all(asked.map((one) => prepareGate({ ...one, arms })));
  const documents: GateDocument[] = [];
  for (const one of gates) {
    documents.push(await measureGate(one));
    progress.stop();
    await tell(documents, flags, terminal, one.request.out);
    if (interrupt.signal.aborted) break;
  }
  if (flags.json === true) terminal.out(safeJson(documents.length === 1 ? documents[0] : documents));
  const worst = WORST_FIRST.find((verdict) => documents.some((document) => document.verdict === verdict));
  return exitCode(EXIT[worst ?? 'interrupted']);
}

/** Keeps the last gate, and shows it where nothing but JSON is wanted. */
async function tell(
  documents: readonly GateDocument[],
  flags: GateFlags,
  terminal: Terminal,
  out: string,
): Promise<void> {
  const document = documents.at(-1);
  if (document === undefined) return;
  const folder = await publishGate(document, out);
  if (flags.history !== undefined) await appendToHistory(document, userPath(flags.history));
  if (flags.json === true) return;
  const where = path.join(folder, 'gate.html');
  terminal.out(paperText(gatePaper(document), { width: terminal.width, color: terminal.color, where }));
}

/** The verdict of several gates is the first of these that one of them has. */
const WORST_FIRST: readonly GateVerdict[] = ['interrupted', 'failed', 'regression', 'invalid', 'inconclusive', 'pass'];
