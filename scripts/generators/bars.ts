import { median, pairedRatio } from '../../src/stats/index.ts';
import { growth } from './growth.ts';
import { COMPARED_RATE, HELD_SHARE, THRIFT_RATE } from './parts.ts';
import {
  AWAKE,
  type Evidence,
  type GeneratorsRecord,
  NGINX,
  OURS,
  type Part,
  type Run,
  type Soak,
  SPIN,
} from './record.ts';

/** One thing that ours is to do, and whether it did. */
export interface Bar {
  readonly what: string;
  readonly limit: string;
  readonly measured: string;
  /** Null where it cannot be told, which is never a pass. */
  readonly met: boolean | null;
}

/** Whom our latencies are compared with: who is paced and tells latencies below 0.1 ms. */
const COMPARED = ['k6', 'vegeta', 'oha', 'fortio'];
const MOST_OF_BEST = 0.55;
const LEAST_ACHIEVED = 0.999;
const MOST_LAG_US = 300;
const LEAST_SHARE = 0.9;
const LEAST_TRIALS = 10;
const MOST_GROWTH_MB = 20;
const LEAST_SOAK_SECONDS = 600;

/** What the record says of every bar; a part that is not in it is named as not measured. */
export function barsOf({ parts, soak }: GeneratorsRecord): readonly Bar[] {
  return [
    saturation(parts.capacity),
    held(parts.capacity),
    exactness(parts.latency, NGINX),
    exactness(parts.latency, AWAKE),
    thrift(parts.thrift),
    steady(soak),
  ];
}

function saturation(part: Part | undefined): Bar {
  const pairs = byRound(part, (runs) => {
    const beside = runs.filter(({ asked }) => asked === 'beside').map(({ rate }) => rate);
    const ours = runs.find(({ tool, asked }) => tool === OURS && asked === 'capacity');
    return [median(beside) ?? Number.NaN, ours?.rate];
  });
  const ratio = ratioOf(pairs);
  return {
    what: 'requests/s at most, ours over the round’s fastest rival, run again beside it',
    limit: `≥ ${HELD_SHARE}`,
    measured: ratio.text,
    met: ratio.value === null ? null : ratio.value >= HELD_SHARE,
  };
}

function held(part: Part | undefined): Bar {
  return { what: `${HELD_SHARE} × the round’s fastest rival, by the clock right after it`, ...trialsOf(part) };
}

/** Beside it what a loop in C reads that does nothing else: nobody can read less. */
function exactness(part: Part | undefined, where: string): Bar {
  const overBest = (reader: string): ReturnType<typeof ratioOf> =>
    ratioOf(
      byRound(part, (runs) => {
        const there = runs.filter(({ target, asked }) => asked === COMPARED_RATE && target === where);
        const rivals = there.flatMap(({ tool, p50 }) => (COMPARED.includes(tool) && p50 !== null ? [p50] : []));
        return [Math.min(...rivals), there.find(({ tool }) => tool === reader)?.p50];
      }),
    );
  const ratio = overBest(OURS);
  const least = part?.runs.some(({ tool }) => tool === SPIN) ? `; ${SPIN}: ${overBest(SPIN).text}` : '';
  return {
    what: `p50 at ${COMPARED_RATE.toLocaleString('en')}/s of ${where}, ours over the best of ${COMPARED.join(', ')} in the same round`,
    limit: `≤ ${MOST_OF_BEST}`,
    measured: `${ratio.text}${least}`,
    met: ratio.value === null ? null : ratio.value <= MOST_OF_BEST,
  };
}

function thrift(part: Part | undefined): Bar {
  return { what: `Thrift, ${THRIFT_RATE.toLocaleString('en')} calls/s by the clock`, ...trialsOf(part) };
}

/**
 * Whether so many trials at the rate that is to be held were good ones. Vetoed ones count for neither side, nor do those after
 * which the rival did not reach by itself what ours was asked for: there the machine became slower. Where the others do not
 * suffice, those of a round in which a clock alone was later than the limit do not count either: there it is the machine that is late.
 */
function trialsOf(part: Part | undefined): Omit<Bar, 'what'> {
  const runs = part?.runs ?? [];
  const late = new Set(
    runs.filter(({ asked, p99 }) => asked === 'floor' && (p99 ?? 0) > MOST_LAG_US).map(({ round }) => round),
  );
  const all = runs.flatMap(({ asked, round, ours }, index) =>
    asked === 'held' && ours !== undefined ? [{ round, ours, after: besideAfter(runs, index) }] : [],
  );
  const unvetoed = all.filter(({ ours }) => ours.vetoes.length === 0);
  const calm = unvetoed.filter(({ ours, after }) => after >= ours.offered);
  const usable = calm.filter(({ round }) => !late.has(round));
  const counted = isEnough(calm) ? calm : usable;
  const good = counted.filter(({ ours }) => isGood(ours)).length;
  const kept = unvetoed.filter(({ ours }) => ours.achieved >= LEAST_ACHIEVED).length;
  const counts = [
    `${good} of ${counted.length}`,
    `${all.length - unvetoed.length} vetoed`,
    ...(unvetoed.length > calm.length
      ? [`${unvetoed.length - calm.length} after which the rival did not reach as much`]
      : []),
    ...(calm.length > counted.length ? [`${calm.length - counted.length} where a clock alone was as late`] : []),
    ...(unvetoed.length > counted.length ? [`${kept} of all ${unvetoed.length} kept up`] : []),
  ];
  return {
    limit: `achieved ≥ ${100 * LEAST_ACHIEVED} %, release lag p99 ≤ ${MOST_LAG_US} µs in nine of ten trials that are not vetoed`,
    measured: all.length === 0 ? 'not measured' : counts.join(', '),
    met: counted.length < LEAST_TRIALS ? null : isEnough(counted),
  };
}

/** Requests per second of the rival that ran next beside a trial; no limit where none did. */
function besideAfter(runs: readonly Run[], index: number): number {
  const { round } = runs[index] ?? {};
  const next = runs.slice(index).find((run) => run.asked === 'beside' && run.round === round);
  return next?.rate ?? Number.POSITIVE_INFINITY;
}

/** Nine of ten, of ten at least. */
function isEnough(trials: readonly { readonly ours: Evidence }[]): boolean {
  const good = trials.filter(({ ours }) => isGood(ours)).length;
  return trials.length >= LEAST_TRIALS && good >= LEAST_SHARE * trials.length;
}

function isGood({ achieved, lagP99 }: Evidence): boolean {
  return achieved >= LEAST_ACHIEVED && lagP99 <= MOST_LAG_US;
}

function steady(soak: Soak | null): Bar {
  const bar = {
    what: 'memory of the agent over ten minutes at 20,000/s',
    limit: `grows by < ${MOST_GROWTH_MB} MB/h, no second lost`,
  };
  const slope = soak === null ? null : growth(soak.rss);
  if (soak === null || slope === null) return { ...bar, measured: 'not measured', met: null };
  const whole = soak.intervals >= soak.seconds && soak.lost === 0;
  const measured = `${slope.toFixed(1)} MB/h, ${soak.intervals} of ${soak.seconds} s, ${soak.lost} requests lost`;
  const long = soak.seconds >= LEAST_SOAK_SECONDS;
  return { ...bar, measured, met: long ? whole && slope < MOST_GROWTH_MB : null };
}

/** What `pick` finds in the runs of every round, where both values are there: theirs, ours. */
function byRound(
  part: Part | undefined,
  pick: (runs: readonly Run[]) => readonly [number, number | null | undefined],
): readonly (readonly [number, number])[] {
  const rounds = new Set(part?.runs.map(({ round }) => round));
  return [...rounds].flatMap((round) => {
    const [theirs, ours] = pick(part?.runs.filter((run) => run.round === round) ?? []);
    return ours == null || !Number.isFinite(theirs) || theirs <= 0 ? [] : [[theirs, ours] as const];
  });
}

/** The paired ratio with its interval; under six rounds the median in words alone, of which nothing is concluded. */
function ratioOf(pairs: readonly (readonly [number, number])[]): {
  readonly value: number | null;
  readonly text: string;
} {
  const interval = pairedRatio(
    pairs.map(([theirs]) => theirs),
    pairs.map(([, ours]) => ours),
  );
  if (interval !== null) {
    const { estimate, lower, upper } = interval;
    const range = `${lower.toFixed(2)} … ${upper.toFixed(2)}`;
    return { value: estimate, text: `${estimate.toFixed(2)} (${range}, ${pairs.length} rounds)` };
  }
  const middle = median(pairs.map(([theirs, ours]) => ours / theirs));
  const text =
    middle === null ? 'not measured' : `${middle.toFixed(2)} (rounds: ${pairs.length}, too few for an interval)`;
  return { value: null, text };
}
