import { buildMesh } from '../../mesh/index.ts';
import { createPlan, type Machine, type Overrides, type Plan, type Variant } from '../../plan/index.ts';
import { applyPatch, parseScenario, resolveSettings, type Settings } from '../../scenario/index.ts';
import { BenchError, perSecond } from '../../units/index.ts';
import type { TrialSpec } from '../trial.ts';

/** What calibration measures: a responder that answers at once, one with a known delay and stall, and a high rate. */
export const KINDS = ['floor', 'known', 'capacity'] as const;

export type Kind = (typeof KINDS)[number];

/** Trials like those of any scenario, so that what is certified is what measures. docs/measurement.md explains the figures. */
const SCENARIO = parseScenario(
  `question: May the harness be believed?
variants:
  floor: {}
  known:
    load: { rate: 250/s, duration: 800ms }
    app: { delay: 10ms, stalls: [{ at: 300ms, for: 200ms }] }
  capacity:
    load: { connections: 64, duration: 300ms }
load: { rate: 2000/s, connections: 32, warmup: 300ms, duration: 500ms }
`,
  'calibration.yaml',
);

/** A plan that measures no block: calibration is all that a run of it does. @throws as `createPlan`. */
export function calibrationPlan(overrides: Pick<Overrides, 'runtime' | 'seed'>, machine: Machine): Plan {
  return { ...createPlan(SCENARIO, { ...overrides, trials: 1 }, machine), blocks: 0 };
}

/** The capacity that is asked for where the run itself needs less. */
const LEAST_CAPACITY = 10_000;
/** Beyond what the run needs at its highest rate. */
const HEADROOM = 1.1;

/** The highest rate that a plan offers. */
export function highestRate({ variants }: Pick<Plan, 'variants'>): number {
  return variants.reduce((most, { settings }) => Math.max(most, settings.load.rate), 0);
}

/** One trial of calibration in the runtime of the plan's baseline; `rate` replaces the rate of a capacity trial. */
export function calibrationTrial(kind: Kind, plan: Pick<Plan, 'variants' | 'seed'>, rate?: number): TrialSpec {
  const settings = settingsOf(kind, plan, rate);
  const variant: Variant = { name: kind, base: kind, axes: {}, baseline: kind, settings };
  return {
    index: 0,
    block: 0,
    position: 0,
    seed: plan.seed,
    variant,
    mesh: buildMesh(SCENARIO, settings),
    envoy: undefined,
  };
}

function settingsOf(kind: Kind, plan: Pick<Plan, 'variants'>, rate: number | undefined): Settings {
  const patch = SCENARIO.variants.find(({ name }) => name === kind)?.patch;
  const runtime = plan.variants[0]?.settings.runtime;
  if (patch === undefined || runtime === undefined) throw new BenchError('internal', 'NO_CALIBRATION', kind);
  const settings = applyPatch(resolveSettings(SCENARIO.base, patch, []), { runtime });
  if (kind !== 'capacity') return settings;
  const offered = rate ?? Math.max(LEAST_CAPACITY, HEADROOM * highestRate(plan));
  return applyPatch(settings, { load: { rate: perSecond(offered) } });
}
