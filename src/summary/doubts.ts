import type { Header } from '../record/index.ts';
import { MAX_VALUES, MIN_VALUES, valuesForWidth } from '../stats/index.ts';
import { formatDuration, formatRate, fromSeconds, nanos, perSecond } from '../units/index.ts';
import { seenThroughDocker } from './docker-doubts.ts';
import { counted, listed, percent } from './figure.ts';
import { vagueKnees } from './knee-doubts.ts';
import { cpuLimitOf } from './limits.ts';
import type { Summary, VariantSummary } from './summary.ts';
import { mostVetoed } from './uneven.ts';
import { isMeasured, processorsOf } from './usage.ts';

/** What doubts are drawn from: the summary as far as it is made, and the header. */
export interface Evidence {
  readonly header: Header;
  /** What was wrong with the record's file. */
  readonly damage: readonly string[];
  /** The sentence with which the run ended; empty where it ended as planned. */
  readonly endReason: string;
  /** By variant: blocks in which a trial of it was vetoed. */
  readonly spoiled: ReadonlyMap<string, number>;
  readonly summary: Pick<
    Summary,
    'ended' | 'mode' | 'blocks' | 'trials' | 'certificate' | 'variants' | 'comparisons' | 'knees'
  >;
}

/** What might be wrong with the numbers of a run, one sentence each, most important first. */
export function doubtsAbout(evidence: Evidence): string[] {
  return [
    earlyEnd,
    damaged,
    uncertified,
    quick,
    fewBlocks,
    vagueKnees,
    overloaded,
    errors,
    vetoed,
    unevenVetoes,
    sharedProcessors,
    throttledUnasked,
    seenThroughDocker,
    lateReleases,
    steal,
    busyApplication,
    busyClosedLoad,
    nearKnee,
    wideIntervals,
    moreBlocks,
    unstableTail,
    thinTail,
    shortWarmup,
    idleProcessors,
  ].flatMap((doubt) => doubt(evidence));
}

function earlyEnd({ endReason, summary: { ended, blocks } }: Evidence): readonly string[] {
  if (ended === 'complete' || ended === 'not-certified') return [];
  const why = ended === 'killed' ? 'its record has no closing line' : endReason || ended;
  return [`The run ended early, after ${blocks.measured} of ${counted(blocks.planned, 'block')}: ${withoutStop(why)}.`];
}

function damaged({ damage }: Evidence): readonly string[] {
  return damage.length === 0
    ? []
    : [`The record is damaged: ${damage.slice(0, 3).join(' ')}${andMore(damage.length - 3)}`];
}

/** What failed, and that there is no certificate at all, stands above the answer. */
function uncertified({ summary: { certificate } }: Evidence): readonly string[] {
  const open = (certificate?.checks ?? []).filter(({ result }) => result === 'not-judged').map(({ text }) => text);
  return open.length === 0 ? [] : [`Calibration could not judge everything: ${open.join('; ')}.`];
}

function quick({ summary: { mode } }: Evidence): readonly string[] {
  return mode === 'quick' ? ['Quick mode: too few and too short trials to compare anything.'] : [];
}

function fewBlocks({ summary: { blocks, mode, knees } }: Evidence): readonly string[] {
  if (blocks.measured >= MIN_VALUES || blocks.planned === 0 || mode === 'quick' || knees !== undefined) return [];
  return [`Only ${counted(blocks.measured, 'whole block')}: under ${MIN_VALUES} no interval can be given.`];
}

function overloaded({ summary: { variants } }: Evidence): readonly string[] {
  return variants
    .filter((variant) => variant.overloaded)
    .map(({ name, achievedRate, offeredRate, outcomes }) => {
      const achieved = achievedRate === null ? '' : ` ${formatRate(perSecond(achievedRate))} of`;
      const unsent =
        outcomes['unsent'] === undefined ? '' : `, and ${counted(outcomes['unsent'], 'request')} never left`;
      const offered = offeredRate === null ? 'what was' : formatRate(perSecond(offeredRate));
      return `${name} was overloaded: it answered${achieved} ${offered} offered${unsent}. Its latencies may grow with the length of the trial.`;
    });
}

function errors({ summary: { variants } }: Evidence): readonly string[] {
  return variants
    .filter((variant) => variant.errors > 0)
    .map(({ name, errors: failed, requests, outcomes }) => {
      const kinds = Object.entries(outcomes).filter(([outcome]) => outcome !== 'ok');
      const text = kinds.map(([outcome, count]) => `${outcome} ${count.toLocaleString('en-US')}`).join(', ');
      const share = `${failed.toLocaleString('en-US')} of ${counted(requests, 'request')}`;
      return `${name}: ${share} did not succeed (${text || 'unaccounted for'}); latencies are those of the others.`;
    });
}

function vetoed({ summary: { trials, mode } }: Evidence): readonly string[] {
  if (trials.vetoed === 0) return [];
  const share = `${trials.vetoed} of ${counted(trials.measured, 'trial')}`;
  return mode === 'quick'
    ? [`The machine was disturbed: a full run would have vetoed ${share}.`]
    : [`${share} vetoed: the machine was disturbed.`];
}

function unevenVetoes({ spoiled, summary: { blocks } }: Evidence): readonly string[] {
  const began = blocks.measured + blocks.incomplete;
  const name = mostVetoed(spoiled, began);
  if (name === undefined) return [];
  return [
    `Vetoes hit ${name} in ${spoiled.get(name)} of ${counted(began, 'block')}, more than chance: what disturbs the harness comes ` +
      'with it, and its trials that are left are those of calmer moments. It looks better than it is.',
  ];
}

function sharedProcessors({ header: { fingerprint } }: Evidence): readonly string[] {
  if (fingerprint['placement.shared'] !== true) return [];
  return ['Load and system shared processors: each slowed the other down, and latencies include it.'];
}

/** Sidecars alone are given a limit, by a setting; whoever else was held back had one of something around the run. */
function throttledUnasked({ summary: { variants } }: Evidence): readonly string[] {
  return variants.flatMap((variant) =>
    Object.entries(variant.cpu.components).flatMap(([component, { throttled }]) => {
      const meant = component.endsWith('.envoy') && cpuLimitOf(variant) !== undefined;
      if (meant || throttled === undefined || throttled.periodsPercent === 0) return [];
      const share = percent(throttled.periodsPercent / 100);
      return [
        `${component} was throttled in ${share} of its periods in ${variant.name}, and no setting limits it: something around the run does.`,
      ];
    }),
  );
}

/** Far below what vetoes a trial: harmless beside milliseconds, not beside a fast hop. */
const NOTABLE_LAG = nanos(300_000);

function lateReleases({ summary: { variants } }: Evidence): readonly string[] {
  const late = variants.filter(({ perTrial }) =>
    perTrial.some(({ releaseLagP99 }) => (releaseLagP99 ?? 0) > NOTABLE_LAG),
  );
  if (late.length === 0) return [];
  return [
    `Our own loop released requests of ${names(late)} late, over ${formatDuration(NOTABLE_LAG)} at p99 in a trial.`,
  ];
}

/** A delayed answer meets what is taken twice, at its request and at its answer: so p99, a hundredth, is of it from half of that on. */
const NOTABLE_STEAL_PERCENT = 0.5;

function steal({ summary: { variants } }: Evidence): readonly string[] {
  const hit = variants.filter(({ cpu }) => (cpu.machine.stealPercent ?? 0) > NOTABLE_STEAL_PERCENT);
  if (hit.length === 0) return [];
  const most = hit.reduce((most, { cpu }) => Math.max(most, cpu.machine.stealPercent ?? 0), 0);
  return [
    `While ${names(hit)} was measured the hypervisor took up to ${percent(most / 100)} of the time in which a processor had work: ` +
      'tails include it.',
  ];
}

/** Share of one core from which the application may be what is measured. */
const BUSY_APPLICATION = 0.8;

function busyApplication(evidence: Evidence): readonly string[] {
  return evidence.summary.variants.flatMap((variant) => {
    return Object.entries(coresOf(evidence, variant))
      .filter(([name, cores]) => name.endsWith('.app') && cores > BUSY_APPLICATION)
      .map(([name, cores]) => {
        return `${name} was busy for ${percent(cores)} of one core in ${variant.name}: it may be what was measured.`;
      });
  });
}

/** Share of one core from which it may be the load that is saturated: autocannon runs on one. */
const BUSY_LOAD = 0.9;

function busyClosedLoad({ header, summary: { variants } }: Evidence): readonly string[] {
  return variants.flatMap(({ name, loop, cpu }) => {
    const seconds = (header.plan.variants.find((variant) => variant.name === name)?.durationNs ?? 0) / 1e9;
    const used = Object.entries(cpu.components).flatMap(([component, { coreSeconds }]) =>
      isLoad(component) ? [coreSeconds / seconds] : [],
    );
    const most = used.reduce((most, cores) => Math.max(most, cores), 0);
    if (loop !== 'closed' || !(most > BUSY_LOAD)) return [];
    return [
      `The closed loop of ${name} kept its own core busy for ${percent(most)}: it may be the load that was saturated, ` +
        'and the system can take more.',
    ];
  });
}

function isLoad(component: string): boolean {
  return /(?:^|\.)load(?:-\d+)?$/u.test(component);
}

/** Share of the system's processors from which most of a latency is queueing, and small disturbances become large ones. */
const NEAR_KNEE = 0.8;

function nearKnee(evidence: Evidence): readonly string[] {
  const processors = systemProcessors(evidence.header);
  const near = evidence.summary.variants.flatMap((variant) => {
    const busy = Object.values(coresOf(evidence, variant)).reduce((sum, cores) => sum + cores, 0) / processors;
    return busy > NEAR_KNEE && !variant.overloaded ? [{ name: variant.name, busy }] : [];
  });
  if (near.length === 0) return [];
  const most = near.reduce((most, { busy }) => Math.max(most, busy), 0);
  return [
    `The system's processors were busy for up to ${percent(most)} of the time with ${names(near)}: near the knee most of a ` +
      'latency is queueing. A lower load.rate shows what a hop costs.',
  ];
}

function wideIntervals({ header, summary: { comparisons } }: Evidence): readonly string[] {
  const open = comparisons.filter(({ ratio, conclusion }) => ratio !== null && conclusion === 'cannot-tell');
  if (open.length === 0) return [];
  const detectable = open.flatMap((comparison) => comparison.detectable ?? []);
  const worst = detectable.reduce((most, value) => Math.max(most, value), 0);
  const what = listed(open.map(({ candidate, metric }) => `${metric} of ${candidate}`));
  return [
    `Too noisy to tell, with a tolerance of ${percent(header.plan.tolerance)}: ${what}. ` +
      `This run could have seen differences from ${percent(worst)} on; more trials see smaller ones.`,
  ];
}

/** A difference in p50 is known well enough where its interval is at most so wide to either side, as a share of it. */
const KNOWN_WELL = 0.15;

function moreBlocks({ summary: { comparisons } }: Evidence): readonly string[] {
  const vague = comparisons.flatMap((comparison) => {
    const { metric, difference, conclusion, n, candidate } = comparison;
    if (metric !== 'responseNs.p50' || difference === null || conclusion === 'equivalent') return [];
    const half = (difference.upper - difference.lower) / 2;
    const target = KNOWN_WELL * Math.abs(difference.estimate);
    if (half <= target) return [];
    const needed = target === 0 ? Number.POSITIVE_INFINITY : valuesForWidth(n, half, target);
    return [{ name: candidate, n, needed }];
  });
  const [worst] = vague.toSorted((a, b) => b.needed - b.n - (a.needed - a.n));
  if (worst === undefined) return [];
  const [differences, are] = vague.length === 1 ? ['difference', 'is'] : ['differences', 'are'];
  return [
    `The ${differences} of ${names(vague)} in p50 ${are} known to no better than ±${percent(KNOWN_WELL)}: ${remedy(worst)}.`,
  ];
}

function remedy({ n, needed }: { readonly n: number; readonly needed: number }): string {
  return needed > MAX_VALUES
    ? `that would need more than ${MAX_VALUES.toLocaleString('en-US')} blocks as noisy as these`
    : `that needs about ${counted(needed - n, 'more block')} as noisy as these (--trials ${needed})`;
}

/** A p99 that differs so much between trials of one variant says little as a median. */
const UNSTABLE = 2;

function unstableTail({ summary: { variants } }: Evidence): readonly string[] {
  const unstable = variants.flatMap(({ name, perTrial }) => {
    const tails = perTrial.flatMap(({ p99 }) => p99 ?? []).filter((p99) => p99 > 0);
    const least = tails.reduce((least, p99) => Math.min(least, p99), Number.POSITIVE_INFINITY);
    const most = tails.reduce((most, p99) => Math.max(most, p99), 0);
    return most < UNSTABLE * least ? [] : [{ name, least, most }];
  });
  const [worst] = unstable.toSorted((a, b) => b.most / b.least - a.most / a.least);
  if (worst === undefined) return [];
  const range = `from ${formatDuration(nanos(worst.least))} to ${formatDuration(nanos(worst.most))}`;
  return unstable.length === 1
    ? [`The p99 of ${worst.name} went ${range} between trials: something disturbed some of them.`]
    : [
        `The p99 of ${names(unstable)} differed between trials by more than a factor of ${UNSTABLE}, most that of ${worst.name}, ` +
          `${range}: something disturbed some of them.`,
      ];
}

/** Requests of which ten lie beyond the p99. */
const P99_REQUESTS = 1000;

function thinTail({ summary: { variants } }: Evidence): readonly string[] {
  const thin = variants.filter(({ trials, requests }) => trials > 0 && requests < P99_REQUESTS * trials);
  if (thin.length === 0) return [];
  const few = P99_REQUESTS.toLocaleString('en-US');
  return [`The p99 of ${names(thin)} rests on fewer than ten requests a trial: trials have under ${few} requests.`];
}

const SHORTEST_WARMUP = fromSeconds(1);

function shortWarmup({ header }: Evidence): readonly string[] {
  const cold = header.plan.variants.filter(({ warmupNs }) => warmupNs < SHORTEST_WARMUP);
  if (cold.length === 0) return [];
  return [
    `The warm-up of ${names(cold)} was shorter than ${formatDuration(SHORTEST_WARMUP)}: caches and compilers were cold.`,
  ];
}

/** Under this share of its processors the system sleeps between most requests. */
const IDLE = 0.5;

function idleProcessors(evidence: Evidence): readonly string[] {
  const processors = systemProcessors(evidence.header);
  const shares = evidence.summary.variants.flatMap((variant) => {
    const cores = Object.values(coresOf(evidence, variant));
    return cores.length === 0 ? [] : [cores.reduce((sum, value) => sum + value, 0) / processors];
  });
  const most = shares.reduce((most, share) => Math.max(most, share), 0);
  if (shares.length === 0 || most >= IDLE) return [];
  if (evidence.header.fingerprint['scheduling.awake'] === true) {
    return [
      `The system's processors were kept awake and busy for at most ${percent(most)} of the time. Where they sleep between ` +
        'requests, waking them adds to every latency: there a hop costs more.',
    ];
  }
  return [
    `The system's processors were busy for at most ${percent(most)} of the time. They sleep between requests, and waking ` +
      'them is part of every latency here: on a busy machine a hop costs less.',
  ];
}

/** Cores that each component of the system under test used. */
function coresOf({ header }: Evidence, { name, cpu }: VariantSummary): Record<string, number> {
  const seconds = (header.plan.variants.find((variant) => variant.name === name)?.durationNs ?? 0) / 1e9;
  if (seconds === 0) return {};
  const measured = Object.entries(cpu.components).filter(([component]) => isMeasured(component));
  return Object.fromEntries(measured.map(([component, { coreSeconds }]) => [component, coreSeconds / seconds]));
}

function systemProcessors({ fingerprint }: Header): number {
  return processorsOf(fingerprint, 'system').length;
}

function names(variants: readonly { readonly name: string }[]): string {
  return listed(variants.map(({ name }) => name));
}

function withoutStop(sentence: string): string {
  return sentence.replace(/[.\s]+$/u, '');
}

function andMore(count: number): string {
  return count > 0 ? ` … and ${count} more.` : '';
}
