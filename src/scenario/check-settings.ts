import { formatDuration, type Nanos, nanos } from '../units/index.ts';
import { LONGEST_RUN, MOST_VARIANTS } from './bounds.ts';
import { DEFAULT_SETTINGS } from './defaults.ts';
import type { Draft, Layer } from './draft.ts';
import type { Finding, Path } from './finding.ts';
import { type Problem, settingsProblems } from './problems.ts';
import type { Axis, Patch, Settings } from './scenario.ts';
import { applyPatch, type MatrixPoint, matrixPoints, resolveSettings } from './settings.ts';

type Has = (path: Path) => boolean;

/** Resolves every variant at every matrix point and asks whether it can be measured; `has` tells what the file holds. */
export function checkSettings(draft: Draft, has: Has): readonly Finding[] {
  const base = applyPatch(DEFAULT_SETTINGS, draft.base.patch);
  const axes = wholeAxes(draft);
  const findings = new Map<string, Finding>();
  let total = 0;
  for (const variant of draft.variants ?? []) {
    for (const point of matrixPoints(axes)) {
      const settings = resolveSettings(base, variant.patch, point);
      total += settings.load.warmup + settings.load.duration;
      for (const problem of settingsProblems(settings, knownWorkloads(draft), unknownFields(draft, variant))) {
        const finding = locate(problem, [...axisPlaces(point, axes), place(variant), place(draft.base)], has);
        findings.set(JSON.stringify([finding.path, finding.message]), finding);
      }
    }
  }
  return [...findings.values(), ...checkTotal(total, draft)];
}

/** Values that are wrong are left out; a matrix that is too large, and refused for it, is not expanded. */
function wholeAxes({ axes, variants }: Draft): readonly Axis[] {
  const whole = axes.map(({ path, points }) => ({ path, points: points.filter((point) => point !== undefined) }));
  const count = whole.reduce((product, axis) => product * axis.points.length, variants?.length ?? 0);
  return count > MOST_VARIANTS ? [] : whole;
}

function knownWorkloads({ workloads }: Draft) {
  return [...(workloads?.values() ?? [])].filter((workload) => workload !== undefined);
}

function unknownFields(draft: Draft, variant: Layer): ReadonlySet<string> {
  const topology = draft.workloads === undefined || knownWorkloads(draft).length < draft.workloads.size;
  return new Set([...draft.base.broken, ...variant.broken, ...(topology ? ['topology'] : [])]);
}

/** Where a layer of the file would hold a setting. */
type Place = (setting: Path) => Path | undefined;

function place({ at }: Layer): Place {
  return (setting) => [...at, ...setting];
}

function axisPlaces(point: MatrixPoint, axes: readonly Axis[]): readonly Place[] {
  return point.map(({ axis, patch }): Place => {
    const index = axes.find(({ path }) => path === axis)?.points.findIndex((value) => value.patch === patch) ?? 0;
    const steps = axis.split('.');
    return (setting) =>
      steps.every((step, position) => step === setting[position])
        ? ['matrix', axis, index, ...setting.slice(steps.length)]
        : undefined;
  });
}

/** Points at the layer that had the last word on one of the settings. */
function locate(problem: Problem, places: readonly Place[], has: Has): Finding {
  const { message, suggestion } = problem;
  const candidates = places.flatMap((place) => problem.at.map(place)).filter((path) => path !== undefined);
  const path = candidates.find(has) ?? ['variants'];
  return { path, at: 'value', message, suggestion };
}

function checkTotal(perBlock: number, { trials, base }: Draft): readonly Finding[] {
  const broken = ['load.warmup', 'load.duration'].some((field) => base.broken.has(field));
  const total = nanos(perBlock * (trials ?? 1));
  if (broken || total <= LONGEST_RUN) return [];
  const message = `make a run of ${formatDuration(total)} without any pause; the limit is ${formatDuration(LONGEST_RUN)}`;
  return [{ path: ['trials'], at: 'value', message }];
}

/** For overrides: what is wrong with settings as a whole, without a file. */
export function totalTime(settings: readonly Settings[], trials: number): Nanos {
  return nanos(settings.reduce((sum, { load }) => sum + load.warmup + load.duration, 0) * trials);
}

export type { Patch };
