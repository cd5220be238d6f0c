import type { Trial } from '../record/index.ts';
import { CONTROL_PLANE, CONTROL_PLANE_PROCESSES } from '../scenario/index.ts';
import { median } from '../stats/index.ts';
import type { Reading } from './reading.ts';

type Figures = NonNullable<NonNullable<Trial['controlPlane']>['istiod']>;
type Occasions = Figures['debounce'];

const [PROCESS] = CONTROL_PLANE_PROCESSES.istiod;
const ISTIOD = `${CONTROL_PLANE}.${PROCESS}`;

/** What istiod says of itself: medians over trials, from its start to the end of a trial; times in ns. */
export interface IstiodSummary {
  /** Of istiod alone, without what it needs: processor time until the last sidecar, or the crowd, was ready, and memory then. */
  readonly cpuSeconds: number | null;
  readonly rssBytes: number | null;
  /** Objects that were written before it started, and how long its API server took for them. */
  readonly objects: number | null;
  readonly writtenNs: number | null;
  /** From its start until it had read all of them. */
  readonly readyNs: number | null;
  /** Over all kinds of resources. */
  readonly pushes: number | null;
  readonly pushNs: number | null;
  /** Working out what all sidecars have in common. */
  readonly contextNs: number | null;
  readonly debounces: number | null;
  /** How long a change waited for others, on average. */
  readonly debounceNs: number | null;
  /** From a change until a sidecar was sent all of it, on average. */
  readonly convergenceNs: number | null;
  /** Encoded configuration, over all sidecars. */
  readonly bytes: number | null;
}

/** Undefined where no istiod configured anything. */
export function istiodOver(readings: readonly Reading[]): IstiodSummary | undefined {
  const all = readings.flatMap(({ trial }) => trial.controlPlane?.istiod ?? []);
  if (all.length === 0) return undefined;
  const over = (of: (figures: Figures) => number | null): number | null =>
    median(all.flatMap((figures) => of(figures) ?? []));
  const spent = readings.flatMap(({ trial }) => trial.controlPlane?.spent[ISTIOD] ?? []);
  return {
    cpuSeconds: median(spent.map(({ cpuNs }) => cpuNs / 1e9)),
    rssBytes: median(spent.map(({ rssBytes }) => rssBytes)),
    objects: over(({ written }) => written.objects),
    writtenNs: over(({ written }) => written.objectsNs),
    readyNs: over(({ readyNs }) => readyNs),
    pushes: over(({ pushes }) => Object.values(pushes).reduce((sum, count) => sum + count, 0)),
    pushNs: over(({ push }) => push.totalNs),
    contextNs: over(({ context }) => context.totalNs),
    debounces: over(({ debounce }) => debounce.count),
    debounceNs: over(({ debounce }) => average(debounce)),
    convergenceNs: over(({ convergence }) => average(convergence)),
    bytes: over(({ bytes }) => bytes),
  };
}

function average({ count, totalNs }: Occasions): number | null {
  return count === 0 ? null : totalNs / count;
}
