import type { Veto } from '../record/index.ts';
import { formatDuration, nanos } from '../units/index.ts';

/**
 * What may spoil a trial: signals of the harness and of the machine. Latencies of the system, errors and the achieved
 * rate are results and have no place here, or a run could choose the results that it likes.
 * Null, or no finite number, where a signal could not be read.
 */
export interface HarnessSignals {
  /** How late our own loop released requests, 99th percentile, ns; absent in a closed loop, in which none is due. */
  readonly releaseLagP99Ns?: number | null;
  /** Gaps of more than 1 ms between two turns of our own loop, as a share of the measurement; absent in a closed loop. */
  readonly loopGapShare?: number | null;
  /** What the hypervisor gave to others of the time in which the load's or the system's processors had work, the larger. */
  readonly stealShare: number | null;
  /** Processor time of tasks outside the run on the run's processors, as a share of the measurement on these. */
  readonly outsideCpuShare: number | null;
  /** How much the one-second parts that arrived differ from the totals of the load agents. */
  readonly lostIntervals: number | null;
}

/**
 * Limits that were fixed before any run. A signal above its limit vetoes the trial, which is repeated in its block. They
 * stand where a trial's p50 begins to move by more than about 10 % (docs/measurement.md has the trials); what a smaller
 * disturbance does to p99 shows in the width of its interval.
 */
export const VETO_LIMITS = {
  releaseLag: 5_000_000,
  loopGaps: 0.08,
  steal: 0.1,
  outsideCpu: 0.1,
  lostIntervals: 0,
} as const satisfies Readonly<Record<Veto['signal'], number>>;

interface Rule {
  readonly signal: Veto['signal'];
  readonly of: keyof HarnessSignals;
  readonly unit: string;
  /** The signal's name in a sentence. */
  readonly what: string;
  readonly print: (value: number) => string;
}

const RULES: readonly Rule[] = [
  {
    signal: 'releaseLag',
    of: 'releaseLagP99Ns',
    unit: 'ns',
    what: 'release lag of our own loop, p99',
    print: (value) => formatDuration(nanos(value)),
  },
  {
    signal: 'loopGaps',
    of: 'loopGapShare',
    unit: 'share',
    what: 'time in which our own loop stood still',
    print: percent,
  },
  {
    signal: 'steal',
    of: 'stealShare',
    unit: 'share',
    what: "the hypervisor's share of the time in which processors had work",
    print: percent,
  },
  {
    signal: 'outsideCpu',
    of: 'outsideCpuShare',
    unit: 'share',
    what: "other tasks' share of the run's processors",
    print: percent,
  },
  {
    signal: 'lostIntervals',
    of: 'lostIntervals',
    unit: 'requests',
    what: 'requests by which the seconds and the total differ',
    print: String,
  },
];

/** Every reason to discard the trial; none where the harness and the machine behaved. A missing signal is a reason. */
export function vetoes(signals: HarnessSignals): Veto[] {
  return RULES.flatMap((rule) => {
    const value = signals[rule.of];
    return value === undefined ? [] : veto(rule, value);
  });
}

function veto({ signal, unit, what, print }: Rule, value: number | null): Veto[] {
  const limit = VETO_LIMITS[signal];
  if (value === null || !Number.isFinite(value))
    return [{ signal, value: null, limit, unit, text: `${what}: not measured` }];
  if (value <= limit) return [];
  return [{ signal, value, limit, unit, text: `${what}: ${print(value)}, limit ${print(limit)}` }];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
