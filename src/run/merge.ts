import {
  type ConnectionCounts,
  type Histograms,
  type Interval,
  LATENCIES,
  type LoadTotal,
  type LoopGaps,
  type MarkedRequests,
  OUTCOMES,
  type OutcomeCounts,
} from '../load/index.ts';
import { compressHistogram, Histogram } from '../metrics/index.ts';

/** What all agents of a trial saw, as the record holds it. */
export interface MergedLoad extends LoadTotal {
  readonly agents: number;
  readonly intervals: readonly Interval[];
  /** Requests by which the seconds and the totals of an agent differ: blobs that were lost. */
  readonly lost: number;
}

/** One agent's words: its seconds and its total. */
export interface AgentResult {
  readonly intervals: readonly Interval[];
  readonly total: LoadTotal;
}

/** Adds what the agents saw; percentiles are never averaged. */
export function mergeLoad(results: readonly AgentResult[]): MergedLoad {
  const totals = results.map(({ total }) => total);
  return {
    agents: results.length,
    planned: sum(totals, ({ planned }) => planned),
    histograms: addHistograms(totals.map(({ histograms }) => histograms)),
    outcomes: addOutcomes(totals.map(({ outcomes }) => outcomes)),
    failed: totals.flatMap(({ failed }) => failed).sort((a, b) => a.intended - b.intended),
    failedOverflow: sum(totals, ({ failedOverflow }) => failedOverflow),
    loopGaps: totals.map(({ loopGaps }) => loopGaps).reduce(worseGaps),
    connections: addConnections(totals.map(({ connections }) => connections)),
    reconnects: addEncoded(totals.map(({ reconnects }) => reconnects)),
    overall: {
      ...addOutcomes(totals.map(({ overall }) => overall)),
      sent: sum(totals, ({ overall }) => overall.sent),
    },
    versions: addRecords(totals.map(({ versions }) => versions)),
    lastDone: Math.max(0, ...totals.map(({ lastDone }) => lastDone)),
    ...mergedFirsts(totals),
    intervals: mergeIntervals(results.flatMap(({ intervals }) => intervals)),
    lost: sum(results, lostRequests),
  };
}

function mergedFirsts(totals: readonly LoadTotal[]): Pick<LoadTotal, 'firsts'> {
  const all = totals.flatMap(({ firsts = [] }) => firsts);
  const marks = [...new Set(all.map(({ at }) => at))];
  if (marks.length === 0) return {};
  const firsts = marks.map((at): MarkedRequests => {
    const same = all.filter((one) => one.at === at);
    return {
      at,
      intended: same.flatMap(({ intended }) => intended),
      serviceNs: same.flatMap(({ serviceNs }) => serviceNs),
      endpoint: same.flatMap(({ endpoint }) => endpoint),
    };
  });
  return { firsts };
}

/** The seconds of an agent must add up to its total: by outcome, and in every histogram. */
function lostRequests({ intervals, total }: AgentResult): number {
  const counted = addOutcomes(intervals.map(({ outcomes }) => outcomes));
  let lost = 0;
  for (const outcome of OUTCOMES) lost += Math.abs((total.outcomes[outcome] ?? 0) - (counted[outcome] ?? 0));
  const added = addHistograms(intervals.map(({ histograms }) => histograms));
  for (const latency of LATENCIES) {
    using seconds = Histogram.decode(added[latency]);
    using whole = Histogram.decode(total.histograms[latency]);
    if (!seconds.equals(whole)) lost += Math.max(1, Math.abs(seconds.count - whole.count));
  }
  return lost;
}

function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const seconds = [...new Set(intervals.map(({ second }) => second))].sort((a, b) => a - b);
  return seconds
    .map((second) => ({ second, parts: intervals.filter((interval) => interval.second === second) }))
    .map(({ second, parts }) => ({
      second,
      histograms: addHistograms(parts.map(({ histograms }) => histograms)),
      outcomes: addOutcomes(parts.map(({ outcomes }) => outcomes)),
    }));
}

function addHistograms(parts: readonly Histograms[]): Histograms {
  const added = LATENCIES.map((latency) => [latency, addEncoded(parts.map((part) => part[latency]))] as const);
  return Object.fromEntries(added) as unknown as Histograms;
}

function addEncoded(parts: readonly string[]): string {
  const [only, ...rest] = parts;
  if (only !== undefined && rest.length === 0) return compressHistogram(only);
  using result = new Histogram();
  for (const part of parts) {
    using histogram = Histogram.decode(part);
    result.add(histogram);
  }
  return result.encode();
}

function addOutcomes(parts: readonly OutcomeCounts[]): OutcomeCounts {
  return addRecords(parts as readonly Readonly<Record<string, number>>[]);
}

function addRecords(parts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const result: Record<string, number> = {};
  for (const part of parts) {
    for (const [name, count] of Object.entries(part)) result[name] = (result[name] ?? 0) + count;
  }
  return result;
}

function addConnections(parts: readonly ConnectionCounts[]): ConnectionCounts {
  return {
    opened: sum(parts, ({ opened }) => opened),
    closedByPeer: sum(parts, ({ closedByPeer }) => closedByPeer),
    refused: sum(parts, ({ refused }) => refused),
  };
}

/** Agents run side by side: the gaps of the worst one are what could have spoiled the trial. */
function worseGaps(a: LoopGaps, b: LoopGaps): LoopGaps {
  return a.over1msNs >= b.over1msNs
    ? { ...a, maxNs: Math.max(a.maxNs, b.maxNs) }
    : { ...b, maxNs: Math.max(a.maxNs, b.maxNs) };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
