import { formatDuration, nanos } from '../units/index.ts';
import { LONGEST_RUN, MOST_VARIANTS } from './bounds.ts';
import { DEFAULT_SETTINGS } from './defaults.ts';
import type { Draft, Layer } from './draft.ts';
import type { Finding, Path } from './finding.ts';
import { type Problem, settingsProblems } from './problems.ts';
import type { Axis } from './scenario.ts';
import { applyPatch, type MatrixPoint, matrixPoints, resolveSettings } from './settings.ts';

type Has = (path: Path) => boolean;

/** Resolves every variant at every matrix point and asks whether it can be measured; `has` tells what the file holds. */
export function checkSettings(draft: Draft, has: Has): readonly Finding[] {
  const base = applyPatch(DEFAULT_SETTINGS, draft.base.patch);
  const points = matrixPoints(wholeAxes(draft));
  const mistakes = new Map<string, Mistake>();
  let total = 0;
  for (const variant of draft.variants ?? []) {
    for (const point of points) {
      const settings = resolveSettings(base, variant.patch, point);
      total += settings.load.warmup + settings.load.duration;
      const places = [...axisPlaces(point, draft), place(variant), place(draft.base)];
      for (const problem of settingsProblems(settings, knownWorkloads(draft), unknownFields(draft, variant))) {
        note(mistakes, locate(problem, places, has), problem.rule, variant.name);
      }
    }
  }
  return [...[...mistakes.values()].map((mistake) => finding(mistake, draft)), ...checkTotal(total, draft, has)];
}

/** One place that breaks one rule, in some variants or in all. */
interface Mistake {
  readonly finding: Finding;
  readonly variants: Set<string>;
}

function note(mistakes: Map<string, Mistake>, finding: Finding, rule: string, variant: string): void {
  const key = JSON.stringify([finding.path, rule]);
  const mistake = mistakes.get(key) ?? { finding, variants: new Set() };
  mistake.variants.add(variant);
  mistakes.set(key, mistake);
}

function finding({ finding, variants }: Mistake, draft: Draft): Finding {
  const everywhere = finding.path[0] === 'variants' || variants.size === draft.variants?.length;
  if (everywhere) return finding;
  const names = [...variants].slice(0, 3).join(', ') + (variants.size > 3 ? ', …' : '');
  return { ...finding, message: `${finding.message} (in the variant ${names})` };
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

function place({ at, eventPlaces }: Layer): Place {
  return (setting) => {
    const [section, index, ...rest] = setting;
    if (section !== 'events' || typeof index !== 'number') return [...at, ...setting];
    return [...at, section, eventPlaces[index] ?? index, ...rest];
  };
}

function axisPlaces(point: MatrixPoint, { axes }: Draft): readonly Place[] {
  return point.map(({ axis, patch }): Place => {
    const index = axes.find(({ path }) => path === axis)?.points.findIndex((value) => value?.patch === patch) ?? 0;
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

function checkTotal(perBlock: number, { trials, base }: Draft, has: Has): readonly Finding[] {
  const broken = ['load.warmup', 'load.duration'].some((field) => base.broken.has(field));
  const total = nanos(perBlock * (trials ?? 1));
  if (broken || total <= LONGEST_RUN) return [];
  const path = [['trials'], ['load', 'duration'], ['load', 'warmup'], ['matrix']].find(has) ?? ['variants'];
  const message = `makes a run of ${formatDuration(total)}; the limit is ${formatDuration(LONGEST_RUN)}`;
  return [{ path, at: 'value', message }];
}
