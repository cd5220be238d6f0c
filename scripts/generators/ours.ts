import type { LoadPlan, Requests } from '../../src/load/index.ts';
import { Histogram } from '../../src/metrics/index.ts';
import { type BareLoad, bareLoad, bareVetoes } from '../../src/run/index.ts';
import { nanos, perSecond } from '../../src/units/index.ts';
import type { Evidence, Reading } from './record.ts';

/** What ours is asked for. */
export interface OurJob {
  readonly port: number;
  readonly request: Requests;
  readonly connections: number;
  /** Requests per second. */
  readonly rate: number;
  readonly seconds: number;
  /** Processor that the agent has. */
  readonly cpu: number;
}

/** The warm-up has three of these, the measurement whole ones. */
const PHASE = nanos(1.5e9);
const WARMUP = nanos(3 * PHASE);

/** Offers requests with the agent that scenarios use, on a processor of its own. */
export function offer(job: OurJob): Promise<BareLoad> {
  return bareLoad(planOf(job), new AbortController().signal, { cpus: [job.cpu] });
}

/** A run of ours as the rivals' are told, and what it says of itself beyond that. */
export async function runOurs(job: OurJob): Promise<Reading & { readonly ours: Evidence }> {
  const result = await offer(job);
  const evidence = evidenceOf(job, result);
  using response = Histogram.decode(result.total.histograms.response);
  return {
    rate: evidence.achieved * job.rate,
    mean: micros(meanOf(response)),
    p50: micros(response.quantile(0.5)),
    p99: micros(response.quantile(0.99)),
    ours: evidence,
  };
}

/** Whether the run is to be believed. */
export function evidenceOf(job: OurJob, result: BareLoad): Evidence {
  const within = result.intervals.filter(({ second }) => second < job.seconds);
  const ok = within.reduce((sum, { outcomes }) => sum + (outcomes.ok ?? 0), 0);
  using lag = Histogram.decode(result.total.histograms.releaseLag);
  return {
    offered: job.rate,
    achieved: ok / (job.rate * job.seconds),
    lagP99: micros(lag.quantile(0.99)) ?? Number.NaN,
    vetoes: bareVetoes(planOf(job), result).map(({ text }) => text),
  };
}

function planOf({ port, request, connections, rate, seconds }: OurJob): LoadPlan {
  const duration = nanos(seconds * 1e9);
  return {
    endpoints: [{ address: '127.0.0.1', port }],
    connections,
    stagger: nanos(0),
    // Half the rate first, then all of it, so that both and a step are compiled; then little, so that the measurement
    // begins without a backlog.
    schedule: {
      kind: 'steps',
      rates: [rate, rate / 8, ...new Array<number>(Math.ceil(duration / PHASE)).fill(rate)].map(perSecond),
      ...{ start: PHASE, span: nanos(PHASE * (2 + Math.ceil(duration / PHASE))) },
      rate: perSecond(rate / 2),
      horizon: nanos(WARMUP + duration),
      seed: 1,
      slice: { index: 0, of: 1 },
    },
    warmup: WARMUP,
    duration,
    timeout: nanos(30e9),
    request,
    session: { kind: 'none' },
    endpoint: { kind: 'fixed' },
    hedge: { kind: 'none' },
  };
}

function meanOf(histogram: Histogram): number | null {
  let sum = 0;
  for (const { value, count } of histogram.buckets()) sum += value * count;
  return histogram.count === 0 ? null : sum / histogram.count;
}

function micros(ns: number | null): number | null {
  return ns === null ? null : ns / 1e3;
}
