import { type Attempt, CHECK_LIMITS } from '../../gate/index.ts';
import { Histogram } from '../../metrics/index.ts';
import type { Trial } from '../../record/index.ts';
import type { Settings } from '../../scenario/index.ts';

/** A trial of calibration with what was asked of it. */
export interface Calibrated {
  readonly trial: Trial;
  readonly settings: Settings;
  /** Tasks outside the run that took the load's processor meanwhile, in words; undefined where none was seen. */
  readonly neighbours: string | undefined;
  /** True where load and system share a processor. */
  readonly shared: boolean;
  /** True on a virtual machine. */
  readonly virtual: boolean;
}

const LOAD = 'client.load';
/** From these shares on, what the hypervisor takes explains a bad value: as its counter shows it, and as it does not. */
const STEAL_WEATHER = 0.02;
const HIDDEN_WEATHER = 0.04;

/** p50 of a responder that answers at once, ns. */
export function floorOf(one: Calibrated): Attempt {
  return under(one, quantile(one, 'response', 0.5));
}

/** p50 less the known delay and the floor: what is left is error, ns. */
export function delayError(one: Calibrated, floorNs: number | null): Attempt {
  const { delay } = one.settings.app;
  const measured = quantile(one, 'response', 0.5);
  const known = delay.kind === 'constant' && measured !== null && floorNs !== null;
  return under(one, known ? Math.abs(measured - delay.value - floorNs) : null);
}

/** p90 less what arithmetic says of the known stall, ns. */
export function stallError(one: Calibrated, floorNs: number | null): Attempt {
  const measured = quantile(one, 'response', 0.9);
  if (measured === null || floorNs === null) return under(one, null);
  return under(one, Math.abs(measured - floorNs - stalledQuantile(one.settings, 0.9)));
}

/**
 * The quantile, by nearest rank, of response times from a server with a constant delay that lets no answer out during its
 * stalls, at a constant rate. Pure arithmetic: an answer that is due within a stall leaves at its end.
 */
export function stalledQuantile({ load, app }: Pick<Settings, 'load' | 'app'>, fraction: number): number {
  const delay = app.delay.kind === 'constant' ? app.delay.value : 0;
  const requests = Math.floor((load.duration * load.rate) / 1e9);
  const times = Array.from({ length: requests }, (_, index) => {
    const intended = (index * 1e9) / load.rate;
    const due = intended + delay;
    const stall = app.stalls.find(({ at, for: length }) => due >= at && due < at + length);
    return (stall === undefined ? due : stall.at + stall.for) - intended;
  }).sort((a, b) => a - b);
  return times[Math.max(1, Math.ceil(fraction * requests)) - 1] ?? 0;
}

/** p99 of our own lateness, ns. */
export function releaseError(one: Calibrated): Attempt {
  return under(one, quantile(one, 'releaseLag', 0.99));
}

/** Share of the measurement in which our own loop stood still. */
export function loopGaps(one: Calibrated): Attempt {
  return under(one, gapShare(one));
}

/**
 * Share of all these measurements in which the load was ready to run and another task had its processor. What a hypervisor
 * takes is no part of it, so that it is never put down to the weather. Null where load and system share a processor.
 */
export function neighbours(trials: readonly Calibrated[]): Attempt {
  const measured = trials.reduce((sum, { trial }) => sum + trial.usage.windowNs, 0);
  const waited = trials.map((one) => (one.shared ? null : waitedNs(one)));
  const known = waited.filter((ns) => ns !== null);
  const cause = trials.findLast((one) => one.neighbours !== undefined)?.neighbours;
  const value = known.length < waited.length ? null : known.reduce((sum, ns) => sum + ns, 0) / measured;
  return { value, cause };
}

/** Time in which the load was ready to run and did not, ns. */
function waitedNs({ trial }: Calibrated): number | null {
  return trial.usage.components[LOAD]?.runDelayNs ?? null;
}

/**
 * The rate that our own loop released in time: what was offered where it was never far behind (by the limit of release
 * lag), else what it released by the time at which it had caught up.
 */
export function capacityOf(one: Calibrated, lagLimitNs: number): Attempt {
  const { rate, duration } = one.settings.load;
  const lag = quantile(one, 'releaseLag', 0.99);
  const most = quantile(one, 'releaseLag', 1);
  if (lag === null || most === null) return under(one, null);
  return under(one, lag <= lagLimitNs ? rate : (rate * duration) / (duration + most));
}

/** p50 of the larger of two equal trials over that of the smaller. */
export function sameTwice(one: Calibrated, other: Calibrated): Attempt {
  const [a, b] = [quantile(one, 'response', 0.5), quantile(other, 'response', 0.5)];
  const value = a === null || b === null ? null : Math.max(a, b) / Math.min(a, b);
  return { ...under(one, value), weather: weatherOf(one) ?? weatherOf(other) };
}

function under(one: Calibrated, value: number | null): Attempt {
  // Where the check of neighbours can name them, the others need not.
  return { value, weather: weatherOf(one), cause: one.shared ? one.neighbours : undefined };
}

/**
 * What passes by itself and is judged block by block. A neighbour on the load's processor is none of it. On a virtual machine
 * the loop also stands still where nothing on the machine had its processor: steal that the counter does not show.
 */
function weatherOf(one: Calibrated): string | undefined {
  const { windowNs, machine } = one.trial.usage;
  const waited = (waitedNs(one) ?? 0) / windowNs;
  if (waited > CHECK_LIMITS.neighbours) return undefined;
  const steal = machine.stealNs / (windowNs * machine.cores);
  if (steal >= STEAL_WEATHER) return `the hypervisor took ${percent(steal)} of the processors meanwhile`;
  const hidden = gapShare(one) - waited;
  if (!one.virtual || hidden < HIDDEN_WEATHER) return undefined;
  return `this virtual machine stood still for ${percent(hidden)} of the time while nothing on it had the load's processor`;
}

function gapShare({ trial, settings }: Calibrated): number {
  return trial.load.loopGaps.over1msNs / settings.load.duration;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function quantile({ trial }: Calibrated, latency: 'response' | 'releaseLag', fraction: number): number | null {
  using histogram = Histogram.decode(trial.load.histograms[latency]);
  return histogram.quantile(fraction);
}
