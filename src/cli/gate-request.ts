import os from 'node:os';
import path from 'node:path';
import { InvalidArgumentError } from 'commander';
import { availableCpus, type GateRequest, mayRealtime } from '../run/index.ts';
import { findScenario } from '../scenario/index.ts';
import { bytes, type Nanos, type Rate } from '../units/index.ts';
import { checkMetric, GATEABLE, LOOKS, makePolicy, type Policy } from '../verdict/index.ts';
import { calibrationOf } from './calibration.ts';
import { asFile, type Context, userPath } from './context.ts';
import { shareOption } from './options.ts';
import type { ProgressLine } from './progress.ts';

/** The flags of `gate`. */
export interface GateFlags {
  readonly baseline: string;
  readonly candidate?: string;
  readonly prove?: boolean;
  readonly aaTrials: number;
  readonly effectTrials: number;
  readonly gates: number;
  readonly live?: number;
  readonly from?: readonly string[];
  readonly recordFor?: Nanos;
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
  readonly history?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly insist?: boolean;
  readonly calibration: boolean;
}

/** A metric of `--metric`, with a tolerance of its own where one was written. */
interface Gated {
  readonly name: string;
  readonly tolerance: number | undefined;
}

/** What is gated unless `--metric` says otherwise: what one scenario can tell apart in a quarter of an hour. */
const DEFAULT_METRICS = ['responseNs.p50', 'cpuMsPer1k'] as const;

/** What of a gate's request the flags say, for one of `scenarios` scenarios, which share the error budget. */
export async function gateRequest(
  scenario: string,
  scenarios: number,
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
    policy: (tolerance, fitting) => policyOf(flags, tolerance, { scenarios, fitting }),
    confirm: flags.confirm,
    calibration: calibrationOf(flags),
    machine: { cpus: availableCpus(), memory: bytes(os.totalmem()), mayRealtime: mayRealtime() },
    root,
    out: flags.out === undefined ? path.join(root, 'reports') : userPath(flags.out),
    envoyBin: flags.envoyBin === undefined ? process.env['ENVOY_BIN'] : userPath(flags.envoyBin),
    signal,
    tell: progress.tell,
    say: (line) => terminal.say(line),
  };
}

/** The policy that the flags ask for; `tolerance` is the scenario's own, and `fitting` blocks fit into the time of a stage. */
function policyOf(
  flags: GateFlags,
  tolerance: number,
  { scenarios, fitting }: { readonly scenarios: number; readonly fitting: number },
): Policy {
  const chosen =
    flags.metric === undefined || flags.metric.length === 0
      ? DEFAULT_METRICS.map((name) => ({ name, tolerance: undefined }))
      : flags.metric;
  const metrics = new Map(chosen.map(({ name, tolerance: own }) => [name, own ?? flags.tolerance ?? tolerance]));
  return makePolicy(metrics, {
    scenarios,
    ...(flags.guard === undefined ? {} : { guardNs: flags.guard }),
    looks: looksUpTo(flags.blocks ?? Math.max(LOOKS[0], Math.min(fitting, MOST_BLOCKS))),
  });
}

/** More see little more, and each further look takes its share of the error budget. */
const MOST_BLOCKS = 160;
/** A look so close before the last one would take of its error budget and save no time. */
const NEAR = 0.75;

/** The usual looks, then one at twice as many blocks each time, all well below the last one, and the last one. */
export function looksUpTo(blocks: number): readonly number[] {
  const looks: number[] = [...LOOKS];
  for (let next = 2 * LOOKS[2]; next < blocks; next *= 2) looks.push(next);
  return [...looks.filter((look) => look < NEAR * blocks), blocks];
}

/** A metric that is gated, with its tolerance where one was written. */
export function gatedOption(text: string, before: readonly Gated[]): readonly Gated[] {
  const [name = '', share] = text.split('=');
  try {
    checkMetric(name, GATEABLE);
  } catch (cause) {
    throw new InvalidArgumentError((cause as Error).message);
  }
  return [...before, { name, tolerance: share === undefined ? undefined : shareOption(share) }];
}
