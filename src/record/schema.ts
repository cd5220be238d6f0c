import { z } from 'zod';
import { OUTCOMES } from '../load/index.ts';
import { controlPlaneSchema } from './control-plane-schema.ts';
import { count, name, ns, sentence } from './fields.ts';

/** Raised when a line changes its meaning; fields may be added without. */
export const SCHEMA_VERSION = 1;

/** Trials that one record may hold: far more than a plan can ask for. */
export const MAX_TRIALS = 100_000;

const text = z.string().max(1_000_000);
/** Bounded before it is decoded: a V2 histogram of this program is a few kB. */
const histogram = z
  .string()
  .max(200_000)
  .regex(/^[A-Za-z0-9+/=]*$/u);
const histograms = z.object({
  response: histogram,
  service: histogram,
  queueWait: histogram,
  releaseLag: histogram,
});
const outcomes = z.partialRecord(z.enum(OUTCOMES), count);

/** Why the harness or the machine spoiled a trial. Reads no result, by construction of its inputs. */
export const vetoSchema = z.object({
  signal: z.enum(['releaseLag', 'loopGaps', 'steal', 'outsideCpu', 'lostIntervals']),
  /** Null where the signal could not be read. */
  value: z.number().nullable(),
  limit: z.number(),
  unit: name,
  /** One sentence for the report. */
  text: sentence,
});

export const headerSchema = z.object({
  type: z.literal('header'),
  schemaVersion: z.literal(SCHEMA_VERSION),
  runId: z.string().regex(/^[a-z0-9-]{1,64}$/u),
  startedAt: z.iso.datetime(),
  meshbench: name,
  runtime: name,
  /** The scenario as it was read, and the plan that was made of it, overrides included. */
  scenario: z.object({
    name,
    question: sentence,
    description: sentence.nullable(),
    source: text,
  }),
  plan: z.object({
    hash: name,
    mode: z.enum(['full', 'quick']),
    seed: z.number(),
    blocks: count,
    /** Vetoed trials that are repeated at most; records of earlier versions repeated blocks. */
    spareTrials: count.optional(),
    agents: count,
    timeLimitNs: ns,
    estimateNs: ns,
    tolerance: z.number(),
    thresholds: z
      .array(z.object({ metric: name, variant: name.optional(), below: z.union([name, z.number()]) }))
      .max(1000),
    variants: z
      .array(
        z.object({
          name,
          base: name,
          baseline: name,
          axes: z.record(name, name),
          /** The settings in the scenario's own words and units. */
          settings: z.record(z.string(), z.unknown()),
          /** Null where the load ran in a closed loop, which offers no rate. */
          offeredRate: z.number().nullable(),
          durationNs: ns.positive(),
          warmupNs: ns.nonnegative(),
          /** One sentence: what a request passes on its way. */
          path: sentence,
          missingSignals: z.array(sentence).max(100),
        }),
      )
      .max(10_000),
    /** What rate was looked for: the highest that holds this SLO, rates in 1/s; absent where variants have their own. */
    knee: z.object({ slo: z.string().max(200), from: z.number().positive(), to: z.number().positive() }).optional(),
    /** The limits by which trials are vetoed, as they stood before the run. */
    vetoLimits: z.record(name, z.number()),
  }),
  /** What the results depend on: results with another fingerprint are not comparable. Flat, name → value. */
  fingerprint: z.record(name, z.union([text, z.number(), z.boolean(), z.null()])),
  /** What could not be as it should be, one sentence each. */
  notes: z.array(sentence).max(1000),
});

const componentUsage = z.object({
  /** Where it was read if not in /proc. Docker's API tells of whole containers, and nothing of what is null here. */
  source: z.literal('docker').optional(),
  cpuNs: ns,
  runDelayNs: ns.nullable(),
  voluntarySwitches: z.number().nullable(),
  involuntarySwitches: z.number().nullable(),
  threads: z.array(z.object({ name, cpuNs: ns, runDelayNs: ns })),
  rssBytes: z.number(),
  pssBytes: z.number().nullable(),
  peakBytes: z.number().nullable(),
  /** Only of a component whose processor time was limited: periods of its limit, and how it was held back. */
  throttling: z.object({ periods: count, throttledPeriods: count, throttledNs: ns.nonnegative() }).optional(),
});

export const usageSchema = z.object({
  windowNs: ns.positive(),
  components: z.record(name, componentUsage),
  machine: z.object({
    cores: count.positive(),
    busyNs: ns,
    unattributedNs: ns,
    busyByCpuNs: z.record(name, ns),
    softirqNs: ns,
    stealNs: ns,
    stealByCpuNs: z.record(name, ns).optional(),
    contextSwitches: z.number(),
  }),
  series: z.array(
    z.object({
      atNs: ns,
      spanNs: ns.positive(),
      components: z.record(name, z.object({ cpuNs: ns, rssBytes: z.number() })),
      busyNs: ns,
      stealNs: ns,
    }),
  ),
});

const failedRequest = z.object({
  intended: ns,
  released: ns.nullable(),
  sent: ns.nullable(),
  done: ns.nullable(),
  outcome: z.enum(OUTCOMES).exclude(['ok']),
  detail: z.string().max(500),
  connection: count.nullable(),
  bytes: z.string().max(400).optional(),
});

/** Requests that one mark keeps. */
const MOST_MARKED = 10_000;

export const trialSchema = z.object({
  type: z.literal('trial'),
  /** Counts from 0 over all trials of the run. */
  index: count,
  block: count,
  /** Place within its block, from 0: the order is drawn per block. */
  position: count,
  variant: name,
  /** Offered rate where a search chose it, 1/s; absent where it is the variant's. */
  rate: z.number().positive().optional(),
  startedAt: z.iso.datetime(),
  /** When its measurement began; records of earlier versions do not say. */
  measuredAt: z.iso.datetime().optional(),
  vetoes: z.array(vetoSchema),
  /** Instants in ns from the start of the measurement. */
  timeline: z.object({
    phases: z.array(z.object({ name: z.enum(['warmup', 'measurement', 'drain']), from: ns, until: ns })),
    events: z.array(
      z.object({
        action: z.enum(['pause', 'resume', 'kill', 'start', 'push', 'roll-back', 'pushed']),
        target: name,
        intended: ns,
        actual: ns,
      }),
    ),
  }),
  load: z.object({
    agents: count,
    planned: count,
    histograms,
    outcomes,
    failed: z.array(failedRequest).max(100_000),
    failedOverflow: count,
    loopGaps: z.object({ over1ms: count, over1msNs: ns, maxNs: ns }),
    connections: z.object({ opened: count, closedByPeer: count, refused: count }),
    /** From the loss of a connection until it stood again, ns; records of earlier versions have none. */
    reconnects: histogram.optional(),
    /** Sent, and by outcome, over the whole trial, warm-up included; records of earlier versions have none. */
    overall: z.partialRecord(z.enum(['sent', ...OUTCOMES]), count).optional(),
    versions: z.record(name, count),
    /**
     * Requests that were intended within a while from a mark on: of the start of the trial, and of a push that brings the
     * called service. Lists have an entry for each. Absent where no control plane configures sidecars.
     */
    firsts: z
      .array(
        z.object({
          at: ns,
          intended: z.array(ns).max(MOST_MARKED),
          /** From when it was sent until its answer was whole, ns; null where it failed. */
          serviceNs: z.array(ns.nullable()).max(MOST_MARKED),
          endpoint: z.array(count).max(MOST_MARKED),
        }),
      )
      .max(101)
      .optional(),
    lastDone: ns,
    intervals: z.array(z.object({ second: count, histograms, outcomes })),
  }),
  usage: usageSchema,
  /** Time from starting a component until it was ready, ns. */
  ready: z.record(name, ns),
  /** Counters read from each proxy after the trial, for the report and for checks of the path. */
  proxies: z.record(name, z.object({ counters: z.record(name, z.number()) })),
  /** By host: its packet rules as iptables-save prints them, and what matched them; absent where there are none. */
  packets: z
    .record(name, z.array(z.object({ table: name, rule: name, packets: count, bytes: count })).max(1000))
    .optional(),
  /** How a control plane configured the sidecars; absent where there is none. */
  controlPlane: controlPlaneSchema.optional(),
  /** Scrapes of all sidecars' stats during the measurement; absent where none was asked for. */
  scrapes: z
    .object({
      succeeded: count,
      failed: count,
      /** Characters that were read in all. */
      bytes: count,
      /** Why the first failed; empty where none did. */
      problem: sentence,
    })
    .optional(),
});

/** What calibration looks at, in the order in which reports list it. */
export const CHECKS = [
  'clock',
  'floor',
  'delay',
  'stall',
  'releaseError',
  'loopGaps',
  'neighbours',
  'capacity',
  'sameTwice',
] as const;

/** What calibration found about the harness and its machine before the first trial. */
export const certificateSchema = z.object({
  type: z.literal('certificate'),
  startedAt: z.iso.datetime(),
  tookNs: ns.nonnegative(),
  /** The short form stands before a run; the long one is `meshbench calibrate`. */
  form: z.enum(['short', 'long']),
  /** True where the run was to be measured whatever this says. */
  insisted: z.boolean(),
  checks: z
    .array(
      z.object({
        check: z.enum(CHECKS),
        /** Null where it could not be measured. */
        value: z.number().nullable(),
        limit: z.number(),
        unit: z.enum(['ns', 'share', 'ratio', '1/s']),
        result: z.enum(['held', 'failed', 'not-judged']),
        /** How often it was measured: what fails, or was spoiled by the machine, is measured again. */
        attempts: count,
        /** One sentence for the report; of a failed check it names the reason. */
        text: sentence,
      }),
    )
    .max(100),
});

export const endSchema = z.object({
  type: z.literal('end'),
  endedAt: z.iso.datetime(),
  how: z.enum([
    'complete',
    'not-certified',
    'time-limit',
    'too-many-vetoes',
    'interrupted',
    'component-failed',
    'internal-error',
  ]),
  /** One sentence; empty for a complete run. */
  reason: text,
});

export const lineSchema = z.discriminatedUnion('type', [headerSchema, certificateSchema, trialSchema, endSchema]);

/** What was recorded does not change. */
type Recorded<T> = T extends object ? { readonly [K in keyof T]: Recorded<T[K]> } : T;

export type Header = Recorded<z.output<typeof headerSchema>>;
export type Trial = Recorded<z.output<typeof trialSchema>>;
export type Certificate = Recorded<z.output<typeof certificateSchema>>;
export type End = Recorded<z.output<typeof endSchema>>;
export type Veto = Recorded<z.output<typeof vetoSchema>>;
export type RecordLine = Header | Certificate | Trial | End;

/** A record as read back: whole trials only. `end` is undefined where the run was killed. */
export interface RunRecord {
  readonly header: Header;
  /** Undefined where the run was not calibrated, or an earlier version made it. */
  readonly certificate: Certificate | undefined;
  readonly trials: readonly Trial[];
  readonly end: End | undefined;
  /** What was wrong with the file, one sentence each: a torn last line, lines of a later version. */
  readonly damage: readonly string[];
}
