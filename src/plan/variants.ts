import {
  applyPatch,
  endOf,
  type MatrixPoint,
  matrixPoints,
  printPath,
  resolveSettings,
  type Scenario,
  type Settings,
  settingsProblems,
} from '../scenario/index.ts';
import { BenchError, fromSeconds, type Nanos, nanos } from '../units/index.ts';
import { checkOverrides, checkPatch, type Overrides, overridePatch, selectVariants } from './overrides.ts';
import type { Variant } from './plan.ts';

/** What `quick` shortens a trial to. */
const QUICK_WARMUP = fromSeconds(1);
const QUICK_DURATION = fromSeconds(2);
/** What the control plane did is felt after it, or not: that is looked at too. */
const QUICK_AFTERWARDS = fromSeconds(2);

/**
 * Every variant at every point of the matrix, point by point, with its whole settings. The overrides win over the file;
 * a variant's baseline is the first variant that is measured at the same point.
 * @throws BenchError usage for overrides that name nothing, undo what is compared, or make a trial that cannot be measured.
 */
export function expandVariants(scenario: Scenario, overrides: Overrides = {}): readonly Variant[] {
  checkOverrides(overrides);
  const patch = overridePatch(overrides);
  const variants = selectVariants(
    matrixPoints(scenario.matrix).flatMap((point) => variantsAt(scenario, point)),
    overrides.variants,
  );
  checkPatch(patch, scenario, variants);
  return variants.map((variant) => {
    const settings = fitRuntime(shorten(applyPatch(variant.settings, patch), scenario, overrides));
    checkSettings(variant.name, settings, scenario, overrides);
    const baseline = variants.find((other) => samePoint(other, variant)) ?? variant;
    return { ...variant, baseline: baseline.name, settings };
  });
}

function variantsAt(scenario: Scenario, point: MatrixPoint): readonly Omit<Variant, 'baseline'>[] {
  const axes = Object.fromEntries(point.map(({ axis, label }) => [axis, label]));
  return scenario.variants.map(({ name, patch }) => ({
    name: [name, ...point.map(({ axis, label }) => `${axis}=${label}`)].join(' '),
    base: name,
    axes,
    settings: resolveSettings(scenario.base, patch, point),
  }));
}

/** Whether two variants are at one point of the matrix. */
export function samePoint(one: Pick<Variant, 'axes'>, other: Pick<Variant, 'axes'>): boolean {
  return Object.entries(one.axes).every(([axis, label]) => other.axes[axis] === label);
}

/** Never longer than the scenario, and long enough for its events and stalls. An axis of the matrix stays as it is. */
function shorten(settings: Settings, scenario: Scenario, overrides: Overrides): Settings {
  if (overrides.quick !== true) return settings;
  const fixed = new Set(scenario.matrix.map(({ path }) => path));
  const { load } = settings;
  const enough = Math.max(QUICK_DURATION, lastEnd(settings));
  const keepDuration = overrides.duration !== undefined || fixed.has('load.duration');
  const keepWarmup = overrides.warmup !== undefined || fixed.has('load.warmup');
  const duration = keepDuration ? load.duration : nanos(Math.min(load.duration, enough));
  const warmup = keepWarmup ? load.warmup : nanos(Math.min(load.warmup, QUICK_WARMUP));
  return applyPatch(settings, { load: { duration, warmup } });
}

/**
 * Envoy in a container has no capability unless it must. Marks would need one; REDIRECT can tell Envoy by its user instead,
 * as Istio does. TPROXY needs it in any case, and then Envoy is the user that Docker gives it to.
 */
function fitRuntime(settings: Settings): Settings {
  const { runtime, mesh } = settings;
  const ways = [mesh.outbound, mesh.inbound];
  const byUser = runtime.name === 'docker' && ways.includes('redirect') && !ways.includes('tproxy');
  return byUser ? applyPatch(settings, { mesh: { exempt: 'uid' } }) : settings;
}

/** When the last event or stall ends, and what comes after it was seen, from the start of the measurement. */
function lastEnd({ events, app }: Settings): Nanos {
  const afterwards = events.map((event) => endOf(event) + (event.kind === 'pause' ? 0 : QUICK_AFTERWARDS));
  return nanos(Math.max(0, ...afterwards, ...app.stalls.map((span) => span.at + span.for)));
}

/** Flags that change settings. */
const CHANGING = ['duration', 'warmup', 'rate', 'runtime', 'quick'] as const;

/** The scenario was checked when it was read, so that what is wrong now comes from the overrides. */
function checkSettings(variant: string, settings: Settings, scenario: Scenario, overrides: Overrides): void {
  const problem = settingsProblems(settings, scenario.workloads)[0];
  if (problem === undefined) return;
  const place = printPath(problem.at[0] ?? []);
  const message = `with these flags the variant "${variant}" cannot be measured: ${place} ${problem.message}`;
  const given = CHANGING.filter((flag) => overrides[flag] !== undefined).map((flag) => `--${flag}`);
  const hint = `change ${given.join(', ') || 'them'} or leave it out, or choose what to measure by --variants`;
  throw new BenchError('usage', 'OVERRIDE_CONFLICT', message, { hint });
}
