import type { Reading } from './record.ts';

/** How each generator is asked, and how its answer is read. */

export interface Job {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** Requests per second; undefined asks for as many as it can. */
  readonly rate: number | undefined;
  /** For files of its own. */
  readonly folder: string;
}

export interface Tool {
  /** What keeps the requests apart: who waits for an answer before the next request hides what a stall costs. */
  readonly loop: 'open' | 'closed' | 'closed, paced';
  /** What it needs to find in its folder, by name. */
  readonly files?: (job: Job) => Readonly<Record<string, string>>;
  /** Arguments; undefined where it cannot do that, or tells no latency finer than 0.1 ms. */
  readonly ask: (job: Job) => readonly string[] | undefined;
  /** Arguments of a second call that tells what the first one found. */
  readonly report?: (job: Job) => readonly string[];
  /** @throws where the output is not what is expected. */
  readonly read: (output: string) => Reading;
}

const VEGETA_RESULTS = 'vegeta.bin';
const VEGETA_TARGETS = 'vegeta.txt';
const K6_SCRIPT = 'k6.js';

export const TOOLS: Readonly<Record<string, Tool>> = {
  wrk: {
    loop: 'closed',
    ask: (job) => atFullSpeed(job, ['-t1', `-c${job.connections}`, `-d${job.seconds}`, job.url]),
    read: (output) => rateOnly(numberIn(output, /Requests\/sec:\s+([\d.]+)/u)),
  },
  h2load: {
    loop: 'closed',
    ask: (job) => atFullSpeed(job, ['--h1', '-t1', `-c${job.connections}`, `-D${job.seconds}`, job.url]),
    read: (output) => rateOnly(numberIn(output, /finished in [^,]+, ([\d.]+) req\/s/u)),
  },
  autocannon: {
    loop: 'closed',
    ask: (job) => atFullSpeed(job, ['-c', `${job.connections}`, '-d', `${job.seconds}`, '--json', job.url]),
    read: (output) => {
      const { requests, duration } = JSON.parse(output) as { requests: { total: number }; duration: number };
      return rateOnly(requests.total / duration);
    },
  },
  hey: {
    loop: 'closed',
    ask: (job) => atFullSpeed(job, ['-z', `${job.seconds}s`, '-c', `${job.connections}`, job.url]),
    read: (output) => rateOnly(numberIn(output, /Requests\/sec:\s+([\d.]+)/u)),
  },
  fortio: {
    loop: 'closed, paced',
    ask: ({ url, connections, seconds, rate }) => [
      ...['load', '-quiet', '-c', `${connections}`, '-qps', `${rate ?? 0}`, '-t', `${seconds}s`],
      ...['-r', '1e-6', '-uniform', '-p', '50,99', '-json', '-', url],
    ],
    read: readFortio,
  },
  oha: {
    loop: 'closed, paced',
    ask: ({ url, connections, seconds, rate }) => [
      ...['-z', `${seconds}s`, '-c', `${connections}`, '--no-tui', '--output-format', 'json'],
      ...(rate === undefined ? [] : ['-q', `${rate}`, '--latency-correction']),
      url,
    ],
    read: (output) => {
      const { summary, latencyPercentiles } = JSON.parse(output) as {
        summary: { requestsPerSec: number; average: number };
        latencyPercentiles: { p50: number; p99: number };
      };
      const { p50, p99 } = latencyPercentiles;
      return { rate: summary.requestsPerSec, mean: summary.average * 1e6, p50: p50 * 1e6, p99: p99 * 1e6 };
    },
  },
  vegeta: {
    loop: 'open',
    files: ({ url }) => ({ [VEGETA_TARGETS]: `GET ${url}\n` }),
    ask: ({ connections, seconds, rate, folder }) => [
      ...['attack', '-duration', `${seconds}s`, '-rate', `${rate ?? 0}`, '-connections', `${connections}`],
      ...(rate === undefined ? ['-workers', `${connections}`, '-max-workers', `${connections}`] : []),
      ...['-output', `${folder}/${VEGETA_RESULTS}`, '-targets', `${folder}/${VEGETA_TARGETS}`],
    ],
    report: ({ folder }) => ['report', '-type', 'json', `${folder}/${VEGETA_RESULTS}`],
    read: (output) => {
      const { throughput, latencies } = JSON.parse(output) as {
        throughput: number;
        latencies: { mean: number; '50th': number; '99th': number };
      };
      const { mean, '50th': p50, '99th': p99 } = latencies;
      return { rate: throughput, mean: mean / 1e3, p50: p50 / 1e3, p99: p99 / 1e3 };
    },
  },
  k6: {
    loop: 'open',
    files: (job) => ({ [K6_SCRIPT]: k6Script(job) }),
    ask: ({ folder }) => ['run', '--quiet', '--no-usage-report', `${folder}/${K6_SCRIPT}`],
    read: readK6,
  },
};

function readFortio(output: string): Reading {
  const { ActualQPS: rate, DurationHistogram: durations } = JSON.parse(output.slice(output.indexOf('{'))) as {
    ActualQPS: number;
    DurationHistogram: { Avg: number; Percentiles: { Percentile: number; Value: number }[] };
  };
  const at = (wanted: number): number | null => {
    const found = durations.Percentiles.find(({ Percentile }) => Percentile === wanted);
    return found === undefined ? null : found.Value * 1e6;
  };
  return { rate, mean: durations.Avg * 1e6, p50: at(50), p99: at(99) };
}

function readK6(output: string): Reading {
  const { metrics } = JSON.parse(output.slice(output.indexOf('{'))) as {
    metrics: { http_reqs: { values: { rate: number } }; http_req_duration: { values: Record<string, number> } };
  };
  const { values } = metrics.http_req_duration;
  const at = (name: string): number | null => (values[name] === undefined ? null : values[name] * 1e3);
  return { rate: metrics.http_reqs.values.rate, mean: at('avg'), p50: at('med'), p99: at('p(99)') };
}

/** The script that k6 runs: a constant rate of arrivals, or as many as its users can. */
function k6Script({ url, connections, seconds, rate }: Job): string {
  const arrivals = { executor: 'constant-arrival-rate', rate, timeUnit: '1s', preAllocatedVUs: connections };
  const users = { executor: 'constant-vus', vus: connections };
  const scenario = { ...(rate === undefined ? users : arrivals), duration: `${seconds}s` };
  const summaryTrendStats = ['avg', 'med', 'p(99)'];
  const options = { scenarios: { all: scenario }, discardResponseBodies: true, summaryTrendStats };
  return `import http from 'k6/http';
export const options = ${JSON.stringify(options)};
export default function () { http.get(${JSON.stringify(url)}); }
export function handleSummary(data) { return { stdout: JSON.stringify(data) }; }
`;
}

/** Of those whose latencies are not told, or in tenths of milliseconds: they take part in capacity alone. */
function atFullSpeed({ rate }: Job, args: readonly string[]): readonly string[] | undefined {
  return rate === undefined ? args : undefined;
}

function rateOnly(rate: number): Reading {
  return { rate, mean: null, p50: null, p99: null };
}

function numberIn(output: string, pattern: RegExp): number {
  const found = Number(pattern.exec(output)?.[1]);
  if (Number.isNaN(found)) throw new Error(`no figure in: ${output.slice(-400)}`);
  return found;
}
