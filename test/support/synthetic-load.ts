import type { FailedRequest, Histograms, Interval, Latency, Outcome } from '../../src/load/result.ts';
import { LATENCIES } from '../../src/load/result.ts';
import { Histogram } from '../../src/metrics/index.ts';
import type { Trial } from '../../src/record/schema.ts';
import type { Random } from '../../src/units/index.ts';

export const SECOND = 1e9;

export interface LoadShape {
  readonly rate: number;
  readonly seconds: number;
  /** Standard deviation of the logarithm of the trial's speed. */
  readonly noise: number;
  readonly medianNs: number;
  /** Share of the offered rate that can be answered. */
  readonly capacity: number;
  readonly errors: boolean;
}

/** What the load would have reported of a trial of this shape. The histograms must have been initialised. */
export function syntheticLoad(shape: LoadShape, random: Random): Trial['load'] {
  const speed = jitter(random, shape.noise);
  const planned = Math.round(shape.rate * shape.seconds);
  const total = newCell();
  const seconds = new Map<number, Cell>();
  const failed: FailedRequest[] = [];
  let lastDone = 0;
  for (let number = 0; number < planned; number += 1) {
    const request = draw(shape, random, speed, number);
    const second = Math.floor(request.done / SECOND);
    const interval = seconds.get(second) ?? newCell();
    seconds.set(second, interval);
    record(total, request);
    record(interval, request);
    lastDone = Math.max(lastDone, request.done);
    if (request.outcome !== 'ok') failed.push(failure(request, request.outcome));
  }
  const sorted = [...seconds].sort(([a], [b]) => a - b);
  return {
    agents: 1,
    planned,
    outcomes: total.outcomes,
    histograms: encodeAndDestroy(total),
    failed,
    failedOverflow: 0,
    loopGaps: { over1ms: 2, over1msNs: 2_600_000, maxNs: 1_400_000 },
    connections: { opened: 16, closedByPeer: 0, refused: 0 },
    overall: { sent: planned, ok: planned - failed.length },
    versions: { v1: planned - failed.length },
    lastDone,
    intervals: sorted.map(([second, cell]): Interval => {
      return { second, outcomes: cell.outcomes, histograms: encodeAndDestroy(cell) };
    }),
  };
}

interface Drawn {
  readonly number: number;
  readonly intended: number;
  readonly lag: number;
  readonly wait: number;
  readonly service: number;
  readonly done: number;
  readonly outcome: Outcome;
}

function draw(shape: LoadShape, random: Random, speed: number, number: number): Drawn {
  const intended = (number * SECOND) / shape.rate;
  const lag = 12_000 * jitter(random, 0.6);
  const backlog = intended * (1 / shape.capacity - 1);
  const wait = backlog + (random() < 0.02 ? 20_000 * random() : 0);
  const service = shape.medianNs * speed * jitter(random, 0.15) * (random() < 0.01 ? 3 : 1);
  const outcome = shape.errors && random() < 0.02 ? pick(random) : 'ok';
  return { number, intended, lag, wait, service, done: intended + lag + wait + service, outcome };
}

const FAILURES = ['status', 'protocol', 'timeout', 'connection', 'unsent'] as const;

function pick(random: Random): Outcome {
  return FAILURES[Math.floor(random() * FAILURES.length)] ?? 'status';
}

/** Four histograms and the outcomes beside them. */
interface Cell {
  readonly histograms: Readonly<Record<Latency, Histogram>>;
  readonly outcomes: Partial<Record<Outcome, number>>;
}

function newCell(): Cell {
  const histograms = {
    response: new Histogram(),
    service: new Histogram(),
    queueWait: new Histogram(),
    releaseLag: new Histogram(),
  };
  return { histograms, outcomes: {} };
}

function record({ histograms, outcomes }: Cell, request: Drawn): void {
  const { outcome } = request;
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  histograms.releaseLag.record(request.lag);
  if (outcome !== 'unsent') histograms.queueWait.record(request.wait);
  if (outcome !== 'ok') return;
  histograms.response.record(request.done - request.intended);
  histograms.service.record(request.service);
}

const DETAILS: Readonly<Record<FailedRequest['outcome'], string>> = {
  status: '503',
  exception: 'Refused',
  applicationException: 'INTERNAL_ERROR',
  protocol: 'no status line',
  timeout: '',
  connection: 'ECONNRESET',
  unsent: '',
};

function failure(request: Drawn, outcome: FailedRequest['outcome']): FailedRequest {
  const { intended, lag, wait, done, number } = request;
  const sent = outcome !== 'unsent';
  return {
    intended,
    released: intended + lag,
    sent: sent ? intended + lag + wait : null,
    done: sent ? done : null,
    outcome,
    detail: DETAILS[outcome],
    connection: sent ? number % 16 : null,
  };
}

function encodeAndDestroy({ histograms }: Cell): Histograms {
  const encode = (latency: Latency): string => {
    using histogram = histograms[latency];
    return histogram.encode();
  };
  const [response, service, queueWait, releaseLag] = LATENCIES.map(encode);
  return { response: response ?? '', service: service ?? '', queueWait: queueWait ?? '', releaseLag: releaseLag ?? '' };
}

/** A lognormal factor around 1, from Box and Muller's normal numbers. */
export function jitter(random: Random, sigma: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.exp(sigma * normal);
}
