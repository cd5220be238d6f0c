import { nearestRank } from '../metrics/index.ts';
import type { Header, RunRecord, Trial } from '../record/index.ts';
import { parseSlo, type Slo, type SloClause } from '../scenario/index.ts';
import { type Knee, type KneeRange, KneeSearch } from '../stats/index.ts';
import { type PlannedVariant, type Reading, readTrial } from './reading.ts';
import type { KneePoint, KneeRatio, KneeSummary } from './summary.ts';
import { cpuMsPer1k, isMeasured } from './usage.ts';

type Told = Pick<RunRecord, 'header' | 'trials'>;

/** A knee is known where the ends of its interval are no further apart than this, as a ratio. */
const KNOWN = 1.1;
/** Trials at one rate or above that our own loop spoiled, after which the search stays below it. */
const SPOILED = 2;
/** How far below. */
const BELOW_CEILING = 0.95;

/** Signals of a loop that cannot offer what it should; all others are the machine's. */
const OWN: readonly string[] = ['releaseLag', 'loopGaps'];

/** Whether nothing but our own loop spoiled a trial. */
export function ownLateness({ vetoes }: Trial): boolean {
  return vetoes.length > 0 && vetoes.every(({ signal }) => OWN.includes(signal));
}

/**
 * The rate of the next trial of a variant; undefined where its knee is known, or as many trials as are planned were sound.
 * The same record always gives the same rate.
 */
export function nextRate({ header, trials }: Told, variant: string): number | undefined {
  const { plan } = header;
  if (plan.knee === undefined) return undefined;
  const { points, search, range } = searchOf({ header, trials }, variant, plan.knee);
  if (points.length >= plan.blocks || (range.to < plan.knee.to && range.to <= range.from * KNOWN)) return undefined;
  return isKnown(search.knee) ? undefined : search.next();
}

/** Known to a few per cent, on both sides of the range or in it. */
function isKnown({ lower, upper }: Knee): boolean {
  return upper <= lower * KNOWN;
}

/** The knee of every variant, and how many times that of its baseline each is. Undefined where none was looked for. */
export function kneesOf(record: Told): { knees: KneeSummary[]; ratios: KneeRatio[] } | undefined {
  const { plan } = record.header;
  const { knee } = plan;
  if (knee === undefined) return undefined;
  const found = plan.variants.map((variant) => ({ variant, ...searchOf(record, variant.name, knee) }));
  const knees = found.map(({ variant, points, search, range }): KneeSummary => {
    const { estimate, lower, upper, place } = search.knee;
    const enough = points.length > 0;
    return {
      variant: variant.name,
      slo: knee.slo,
      range,
      rate: enough ? { estimate, lower, upper } : null,
      place: enough ? place : null,
      known: enough && isKnown(search.knee),
      points,
      reason: enough ? '' : 'no trial of it was sound',
    };
  });
  const ratios = found.flatMap(({ variant, points, search }): readonly KneeRatio[] => {
    const base = found.find((other) => other.variant.name === variant.baseline);
    if (base === undefined || base.variant === variant || points.length === 0 || base.points.length === 0) return [];
    if (search.knee.place !== 'within' || base.search.knee.place !== 'within') return [];
    return [{ baseline: base.variant.name, candidate: variant.name, ratio: search.over(base.search) }];
  });
  return { knees, ratios };
}

function searchOf({ header, trials }: Told, name: string, knee: NonNullable<Header['plan']['knee']>) {
  const planned = header.plan.variants.find((variant) => variant.name === name);
  const slo = parseSlo(knee.slo);
  const own = trials.filter(({ variant }) => variant === name);
  const sound = own.filter(({ vetoes }) => vetoes.length === 0 || header.plan.mode === 'quick');
  const points = planned === undefined || !slo.ok ? [] : sound.map((trial) => pointOf(trial, planned, slo.value));
  const range = rangeOf(own, knee);
  return {
    points,
    range,
    search: new KneeSearch(
      range,
      points.filter(({ rate }) => rate > 0),
    ),
  };
}

/** The range less what our own loop could not offer in time, unless it did so later. */
function rangeOf(trials: readonly Trial[], { from, to }: KneeRange): KneeRange {
  const rates = (which: (trial: Trial) => boolean) =>
    trials
      .filter(which)
      .flatMap(({ rate }) => rate ?? [])
      .sort((a, b) => b - a);
  const spoiled = rates(ownLateness)[SPOILED - 1];
  const offered = rates(({ vetoes }) => vetoes.length === 0)[0] ?? 0;
  if (spoiled === undefined || spoiled <= offered) return { from, to };
  return { from, to: Math.max(from * KNOWN, spoiled * BELOW_CEILING) };
}

function pointOf(trial: Trial, planned: PlannedVariant, slo: Slo): KneePoint {
  const rate = trial.rate ?? planned.offeredRate ?? 0;
  const reading = readTrial(trial, planned);
  const [clause] = slo.clauses.filter(({ metric }) => metric === 'latency');
  return {
    block: trial.block,
    rate,
    held: !reading.overloaded && reading.requests > 0 && slo.clauses.every((each) => holds(reading, each)),
    overloaded: reading.overloaded,
    achievedRate: reading.achievedRate,
    latencyNs: clause?.metric === 'latency' ? latency(reading, clause.fraction) : latency(reading, 0.99),
    p50: latency(reading, 0.5),
    errors: reading.errors,
    requests: reading.requests,
    cpuMsPer1k: cpuMsPer1k(reading, isMeasured),
    releaseLagP99: reading.latencies.releaseLag.quantile(0.99),
  };
}

/** The first latency that an SLO limits, ns; undefined where it limits none. */
export function limitOf(slo: string): number | undefined {
  const read = parseSlo(slo);
  const clause = read.ok ? read.value.clauses.find(({ metric }) => metric === 'latency') : undefined;
  return clause?.metric === 'latency' ? clause.belowNs : undefined;
}

function holds(reading: Reading, clause: SloClause): boolean {
  if (clause.metric === 'errors') return reading.errors < clause.below * reading.requests;
  const value = latency(reading, clause.fraction);
  return value !== null && value < clause.belowNs;
}

/**
 * A quantile, by nearest rank, of the response times of all requests; those that failed are slower than any that
 * succeeded. Null where it is one that failed.
 */
function latency({ latencies: { response }, requests }: Reading, fraction: number): number | null {
  const rank = nearestRank(fraction, requests);
  if (rank > response.count) return null;
  return response.quantile(Math.min(1, (rank - 0.5) / response.count));
}
