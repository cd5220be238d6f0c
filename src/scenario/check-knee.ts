import { perSecond, type Rate } from '../units/index.ts';
import type { Draft } from './draft.ts';
import type { Finding } from './finding.ts';
import type { KneeSettings, Patch, Settings } from './scenario.ts';
import { scenarioSchema } from './schema.ts';
import { parseSlo } from './slo.ts';

/** Trials of each variant that a search may take where the file names no number. */
export const KNEE_TRIALS = 20;

/** Where a knee is looked for unless the file says. */
export const KNEE_BETWEEN: readonly [Rate, Rate] = [perSecond(100), perSecond(50_000)];

/** What is wrong with a search for a knee, and what does not go with one. */
export function checkKnee(draft: Draft): readonly Finding[] {
  const { find, slo, between } = draft.knee;
  const finding = (field: string, message: string): Finding => ({ path: [field], at: 'value', message });
  if (find === undefined) {
    return [
      ...(slo === undefined
        ? []
        : [finding('slo', 'says what a rate must hold, but nothing looks for one; add find: knee')]),
      ...(between === undefined ? [] : [finding('between', 'says where a knee is looked for; add find: knee')]),
    ];
  }
  if (find !== 'knee') return [];
  const read = typeof slo === 'string' ? parseSlo(slo) : undefined;
  const ends = scenarioSchema.shape.between.safeParse(between).data;
  return [
    ...(slo === undefined ? [finding('find', "needs an slo beside it, like slo: 'p99 < 5ms'")] : []),
    ...(read === undefined || read.ok ? [] : [finding('slo', read.problem)]),
    ...(ends === undefined || ends[0] < ends[1] ? [] : [finding('between', 'must have the lower rate first')]),
    ...(draft.thresholds.length === 0
      ? []
      : [finding('thresholds', 'are limits at a rate; find: knee looks for the rate, and slo has its limits')]),
    ...layersOf(draft).flatMap(({ path, patch }) => [
      ...(patch.load?.rate === undefined
        ? []
        : [
            {
              path: [...path, 'load', 'rate'],
              at: 'value' as const,
              message: 'cannot be set: find: knee chooses the rate of every trial',
            },
          ]),
      ...(problemOf(patch.load) === undefined
        ? []
        : [{ path: [...path, 'load'], at: 'key' as const, message: problemOf(patch.load) ?? '' }]),
    ]),
    ...draft.axes
      .filter(({ path }) => path === 'load.rate')
      .map(
        ({ path }): Finding => ({
          path: ['matrix', path],
          at: 'key',
          message: 'cannot be an axis: find: knee chooses the rate',
        }),
      ),
  ];
}

function layersOf({ base, variants }: Draft) {
  return [base, ...(variants ?? [])].map(({ at, patch }) => ({ path: at, patch }));
}

/** Why a load has no rate that could be searched; undefined where it has one. */
function problemOf(load: Patch['load'] | Settings['load']): string | undefined {
  if (load?.loop === 'closed') return 'has a closed loop, which offers no rate: find: knee needs an open one';
  const { schedule } = load ?? {};
  if (typeof schedule === 'object' && schedule.kind === 'replay')
    return 'replays a file, whose rate find: knee cannot choose';
  return undefined;
}

/** What a file says of a knee; undefined where it looks for none. To be read after {@link checkKnee} found nothing. */
export function kneeOf({
  find,
  slo = '',
  between = [...KNEE_BETWEEN],
}: {
  readonly find?: 'knee' | undefined;
  readonly slo?: string | undefined;
  readonly between?: readonly [Rate, Rate] | undefined;
}): KneeSettings | undefined {
  const read = parseSlo(slo);
  if (find === undefined || !read.ok) return undefined;
  return { slo: read.value, from: between[0], to: between[1] };
}

/** Why these settings have no knee that could be looked for; undefined where they have one. */
export function kneeProblem({ load }: Settings): string | undefined {
  return problemOf(load);
}
