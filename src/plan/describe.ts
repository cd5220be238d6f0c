import { describeKnee, describeSettings, type Settings } from '../scenario/index.ts';
import { toSeconds } from '../units/index.ts';
import { dueInMeasurement } from './load-schedule.ts';
import { blockOrder } from './order.ts';
import type { Placement, Plan, ReplayRequest, RunMode } from './plan.ts';
import type { SchedulingPlan } from './scheduling.ts';

/** Under so many blocks there is no interval (the exact signed-rank one needs six pairs for 95 %). */
const BLOCKS_FOR_INTERVAL = 6;

/** Under so many requests in a trial p99.9 is not reported. */
const REQUESTS_FOR_P999 = 10_000;

/** A plan as data for people and for `--json`. Times in seconds. */
export interface PlanDescription {
  readonly scenario: string;
  readonly question: string;
  readonly mode: RunMode;
  readonly hash: string;
  readonly seed: number;
  readonly variants: readonly VariantDescription[];
  /** The order of each planned block, by variant name. Vetoed blocks are followed by more of them. */
  readonly blocks: readonly (readonly string[])[];
  /** What rate is looked for, 1/s; absent where variants have their own. */
  readonly knee?: { readonly slo: string; readonly from: number; readonly to: number };
  /** Vetoed trials that are repeated at most. */
  readonly spareTrials: number;
  readonly placement: Placement;
  readonly scheduling: Pick<SchedulingPlan, 'system' | 'load' | 'awake'>;
  readonly estimateSeconds: number;
  readonly timeLimitSeconds: number;
  /** A user's configuration in place of ours; absent where there is none. */
  readonly replay?: ReplayRequest;
  /** What to know before starting it, one sentence each. */
  readonly notes: readonly string[];
}

/** One variant of a plan. */
export interface VariantDescription {
  readonly name: string;
  readonly baseline: string;
  /** In the scenario's own words and units. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Due in one trial's measurement: exact for a constant schedule, the mean of a random one; null in a closed loop. */
  readonly requests: number | null;
}

/** What a plan will do, as data; `notes` are what others than the planner know of it beforehand. */
export function describePlan(plan: Plan, notes: readonly string[] = []): PlanDescription {
  return {
    scenario: plan.scenario.name,
    question: plan.scenario.question,
    mode: plan.mode,
    hash: plan.hash,
    seed: plan.seed,
    variants: plan.variants.map(({ name, baseline, settings }) => ({
      name,
      baseline,
      settings: describeSettings(settings),
      requests: settings.load.loop === 'closed' ? null : measuredRequests(settings),
    })),
    blocks: Array.from({ length: plan.blocks }, (_, block) => blockOrder(plan, block)),
    ...(plan.knee === undefined ? {} : { knee: describeKnee(plan.knee) }),
    spareTrials: plan.spareTrials,
    placement: plan.placement,
    scheduling: { system: plan.scheduling.system, load: plan.scheduling.load, awake: plan.scheduling.awake },
    estimateSeconds: toSeconds(plan.estimate),
    timeLimitSeconds: toSeconds(plan.timeLimit),
    ...(plan.replay === undefined ? {} : { replay: plan.replay }),
    notes: [...ownNotes(plan), ...notes],
  };
}

/** Requests that are due in the measurement of one trial. */
export function measuredRequests({ load }: Settings): number {
  return dueInMeasurement(load);
}

function ownNotes(plan: Plan): readonly string[] {
  const { blocks, mode, variants, placement, estimate, timeLimit } = plan;
  const open = variants.filter(({ settings }) => settings.load.loop === 'open');
  const few = open.filter(({ settings }) => measuredRequests(settings) < REQUESTS_FOR_P999);
  return [
    plan.knee === undefined || mode === 'quick' ? withoutVerdict(mode, blocks) : undefined,
    few.length === 0
      ? undefined
      : `no p99.9 for ${some(few.map(({ name }) => name))}: under 10,000 requests in a trial`,
    ...plan.scheduling.degraded,
    placement.shared ? 'load and system share processors: they disturb each other' : undefined,
    estimate > timeLimit ? 'the estimate is longer than limits.time, which will end the run' : undefined,
  ].filter((note) => note !== undefined);
}

function withoutVerdict(mode: RunMode, blocks: number): string | undefined {
  if (mode === 'quick') return 'quick: shows that the scenario works; no verdict';
  if (blocks < BLOCKS_FOR_INTERVAL) return `under ${BLOCKS_FOR_INTERVAL} blocks there is no interval and no verdict`;
  return undefined;
}

function some(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}
