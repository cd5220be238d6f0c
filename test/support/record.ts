import { initHistograms } from '../../src/metrics/index.ts';
import type { End, Header, RunRecord, Trial, Veto } from '../../src/record/schema.ts';
import { createRandom, type Random } from '../../src/units/index.ts';
import { certificateFixture } from './certificate.ts';
import { jitter, SECOND, syntheticLoad } from './synthetic-load.ts';
import { syntheticUsage } from './synthetic-usage.ts';

/** One variant of a synthetic run: how fast it answers and what it costs. */
export interface SyntheticVariant {
  readonly name: string;
  readonly base?: string;
  /** The first variant's name by default. */
  readonly baseline?: string;
  readonly axes?: Readonly<Record<string, string>>;
  /** Median time that an answer takes, ns. */
  readonly medianNs: number;
  /** An Envoy beside the client, with its cost. */
  readonly sidecar: boolean;
  /** Share of the offered rate that it can answer; below 1 a backlog grows for the whole trial. */
  readonly capacity?: number;
  /** Some requests fail, in every way there is. */
  readonly errors?: boolean;
  /** An Envoy beside the server as well. */
  readonly inbound?: boolean;
  readonly path?: string;
  /** Its settings beside those of the load. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly packets?: Trial['packets'];
}

export interface SyntheticOptions {
  /** The scenario's name and question; those of quickstart by default. */
  readonly scenario?: string;
  readonly question?: string;
  readonly seed?: number;
  readonly variants?: readonly SyntheticVariant[];
  /** Whole blocks; 6 by default. */
  readonly blocks?: number;
  /** Numbers of blocks whose first trial was vetoed and repeated. */
  readonly vetoedIn?: readonly number[];
  /** Leaves the last variant out of the last block, as an interrupted run does. */
  readonly incomplete?: boolean;
  readonly quick?: boolean;
  /** Some requests of the last variant fail, in every way there is. */
  readonly errors?: boolean;
  /** A SIGSTOP of the application in every trial. */
  readonly events?: boolean;
  /** Requests per second; 500 by default. */
  readonly rate?: number;
  /** Seconds of measurement; 3 by default. */
  readonly seconds?: number;
  readonly thresholds?: Header['plan']['thresholds'];
  readonly tolerance?: number;
  readonly shared?: boolean;
  /** How the run ended; `killed` leaves the closing line out. */
  readonly end?: End['how'] | 'killed';
  /** That of a calm machine by default; quick runs have none. */
  readonly certificate?: RunRecord['certificate'];
  readonly damage?: readonly string[];
  /** Standard deviation of the logarithm of a trial's speed; 0.01 by default. */
  readonly noise?: number;
}

export const DIRECT: SyntheticVariant = { name: 'direct', medianNs: 63_000, sidecar: false };
export const OUTBOUND: SyntheticVariant = { name: 'outbound', medianNs: 155_000, sidecar: true };

const DEFAULTS = {
  scenario: 'quickstart',
  question: 'What does one outbound sidecar add to a request?',
  seed: 1,
  variants: [DIRECT, OUTBOUND],
  blocks: 6,
  vetoedIn: [],
  incomplete: false,
  quick: false,
  errors: false,
  events: false,
  rate: 500,
  seconds: 3,
  thresholds: [],
  tolerance: 0.05,
  shared: false,
  end: 'complete',
  damage: [],
  noise: 0.01,
} as const satisfies Required<Omit<SyntheticOptions, 'certificate'>>;

type Settled = Required<Omit<SyntheticOptions, 'certificate'>> & Pick<RunRecord, 'certificate'>;

/** A record like a real run's: seeded, with real histograms. The same options give the same record. */
export async function syntheticRecord(options: SyntheticOptions = {}): Promise<RunRecord> {
  await initHistograms();
  const certificate = options.quick === true ? undefined : certificateFixture();
  const settled: Settled = { ...DEFAULTS, certificate, ...options };
  const random = createRandom(settled.seed);
  const trials: Trial[] = [];
  for (let block = 0; block < settled.blocks; block += 1) {
    const last = block === settled.blocks - 1;
    const order = shuffled(settled.variants, random);
    for (const [position, variant] of order.entries()) {
      if (settled.incomplete && last && variant === settled.variants.at(-1)) continue;
      const attempts = settled.vetoedIn.includes(block) && position === 0 ? [[LATE], []] : [[]];
      for (const vetoes of attempts)
        trials.push(trial(settled, random, { variant, block, position, index: trials.length, vetoes }));
    }
  }
  return {
    header: header(settled),
    certificate: settled.certificate,
    trials,
    end: end(settled),
    damage: settled.damage,
  };
}

/** The record as the text of its file. */
export function recordText(record: RunRecord): string {
  const certificates = record.certificate === undefined ? [] : [record.certificate];
  const lines = [record.header, ...certificates, ...record.trials, ...(record.end === undefined ? [] : [record.end])];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

const LATE: Veto = {
  signal: 'releaseLag',
  value: 2_300_000,
  limit: 1_000_000,
  unit: 'ns',
  text: 'Our own loop released requests late: 2.30 ms at p99, the limit is 1.00 ms.',
};

function header(settled: Settled): Header {
  const { blocks, seconds, seed, variants } = settled;
  return {
    type: 'header',
    schemaVersion: 1,
    runId: 'synthetic-1',
    startedAt: '2026-11-20T10:00:00.000Z',
    meshbench: '0.1.0',
    runtime: 'sandbox',
    scenario: {
      name: settled.scenario,
      question: settled.question,
      description: 'A client calls a server over HTTP/1.1.',
      source: `question: ${settled.question}\n`,
    },
    plan: {
      hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      mode: settled.quick ? 'quick' : 'full',
      seed,
      blocks,
      spareTrials: blocks,
      agents: 1,
      timeLimitNs: 1800 * SECOND,
      estimateNs: blocks * variants.length * (seconds + 2) * SECOND,
      tolerance: settled.tolerance,
      thresholds: settled.thresholds,
      variants: variants.map((variant) => planned(settled, variant)),
      vetoLimits: { releaseLag: 1_000_000, loopGaps: 0.02, steal: 0.02, outsideCpu: 0.1, lostIntervals: 0 },
    },
    fingerprint: {
      'filters.client.envoy.network': 'http_connection_manager',
      'filters.client.envoy.http': 'router',
      'cpu.model': 'Synthetic CPU @ 2.40GHz',
      'cpu.count': 2,
      'kernel.release': '6.1.0',
      'placement.load': '0',
      'placement.harness': '0',
      'placement.system': '1',
      'placement.shared': settled.shared,
      'scheduling.system': 'realtime',
      'scheduling.load': 'raised',
      'scheduling.awake': true,
      'node.agents': 'v20.20.2',
      'envoy.1.40.0.build': '9e5580933739775e8bce696a57a2e1bc99368f23/1.40.0/Clean/RELEASE/BoringSSL',
      'envoy.1.40.0.sha256': '8aa137a7d00994ce43f613556f5a120709229f63bedb86eedde5ccbc402c2b80',
      'envoy.1.40.0.source': 'wheel',
    },
    notes: ['The priority of the load was left at 0: raising it needs root.'],
  };
}

function planned({ rate, seconds, variants }: Settled, variant: SyntheticVariant): Header['plan']['variants'][number] {
  return {
    name: variant.name,
    base: variant.base ?? variant.name,
    baseline: variant.baseline ?? variants[0]?.name ?? variant.name,
    axes: { ...variant.axes },
    settings: {
      ...variant.settings,
      load: { rate: `${rate}/s`, connections: 16, duration: `${seconds}s`, warmup: '1s' },
    },
    offeredRate: rate,
    durationNs: seconds * SECOND,
    warmupNs: SECOND,
    path: variant.path ?? (variant.sidecar ? 'client → its Envoy → server' : 'client → server'),
    missingSignals: [],
  };
}

function end(settled: Settled): End | undefined {
  const how = settled.end;
  if (how === 'killed') return undefined;
  const reason = how === 'complete' ? '' : `It ended early on purpose (${how}).`;
  return { type: 'end', endedAt: '2026-11-20T10:05:00.000Z', how, reason };
}

interface Place {
  readonly variant: SyntheticVariant;
  readonly block: number;
  readonly position: number;
  readonly index: number;
  readonly vetoes: readonly Veto[];
}

function trial(settled: Settled, random: Random, place: Place): Trial {
  const { variant, block, position, index, vetoes } = place;
  const { rate, seconds, noise } = settled;
  const errors = variant.errors ?? (settled.errors && variant === settled.variants.at(-1));
  const until = seconds * SECOND;
  return {
    type: 'trial',
    index,
    block,
    position,
    variant: variant.name,
    startedAt: new Date(Date.UTC(2026, 10, 20, 10) + index * 6000).toISOString(),
    vetoes: [...vetoes],
    timeline: {
      phases: [
        { name: 'warmup', from: -SECOND, until: 0 },
        { name: 'measurement', from: 0, until },
        { name: 'drain', from: until, until: until + 200_000 },
      ],
      events: settled.events ? pause() : [],
    },
    load: syntheticLoad(
      { rate, seconds, noise, medianNs: variant.medianNs, capacity: variant.capacity ?? 1, errors },
      random,
    ),
    usage: syntheticUsage({ requests: rate * seconds, seconds, noise, sidecars: sidecarsOf(variant) }, random),
    ready: { 'server.app': 80e6, ...(variant.sidecar ? { 'client.envoy': 210e6 * jitter(random, 0.05) } : {}) },
    proxies: variant.sidecar ? { 'client.envoy': { counters: { 'cluster.server.upstream_rq_total': 1500 } } } : {},
    ...(variant.packets === undefined ? {} : { packets: variant.packets }),
  };
}

function sidecarsOf({ sidecar, inbound = false }: SyntheticVariant): ('client' | 'server')[] {
  return [...(sidecar ? (['client'] as const) : []), ...(inbound ? (['server'] as const) : [])];
}

function pause(): Trial['timeline']['events'] {
  return [
    { action: 'pause', target: 'server.app', intended: SECOND, actual: SECOND + 40_000 },
    { action: 'resume', target: 'server.app', intended: 1.1 * SECOND, actual: 1.1 * SECOND + 55_000 },
  ];
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
