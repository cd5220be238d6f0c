import { type ArmName, type Plan, planVariants, type Variant } from '../../plan/index.ts';
import { applyPatch } from '../../scenario/index.ts';
import { BenchError, formatDuration, type Nanos, nanos } from '../../units/index.ts';
import {
  GUESS,
  MULTIPLES,
  ofKind,
  type Policy,
  pool,
  type Recording,
  type RecordingKind,
  timePerRequest,
  wholeBlocks,
} from '../../verdict/index.ts';
import type { Arm } from '../gate-arms.ts';
import type { ProofRequest } from './request.ts';

/** Blocks by which the busy-wait's effect on each metric is found out; never more than of each effect. */
const CALIBRATION_BLOCKS = 8;
/** Where its effect is looked for first: so many times the tolerance of the first metric. */
const FIRST_GUESS = 2;
/** Below this the calibration saw nothing of the busy-wait: what it found is noise, and is not divided by. */
const LEAST_SLOPE = 0.1;

/** What a proof needs to know of its gate. */
export interface Subject {
  readonly request: ProofRequest;
  readonly arm: Arm;
  readonly policy: Policy;
}

/** What is to be recorded next. */
export interface NextRecording {
  readonly kind: RecordingKind;
  readonly variants: readonly Variant[];
  /** Whole blocks that are lacking. */
  readonly blocks: number;
  /** One sentence. */
  readonly what: string;
}

/**
 * The next recording that a proof lacks, undefined where it has all. Pure: each kind is recorded with what those before it found.
 * @throws BenchError usage where no gated metric is a time, in which alone a busy-wait shows.
 */
export function nextRecording(subject: Subject, recordings: readonly Recording[]): NextRecording | undefined {
  const { aaTrials, trialsPerEffect } = subject.request.counts;
  const aaBlocks = Math.ceil(aaTrials / 2) - wholeBlocks(recordings, 'aa');
  if (aaBlocks > 0) {
    const what = `recording ${2 * aaBlocks} trials without a difference`;
    return { kind: 'aa', variants: variantsOf(subject, recordings, 'aa'), blocks: aaBlocks, what };
  }
  const calibrating = Math.min(CALIBRATION_BLOCKS, trialsPerEffect) - wholeBlocks(recordings, 'calibration');
  if (calibrating > 0 && wholeBlocks(recordings, 'effects') === 0) {
    const variants = variantsOf(subject, recordings, 'calibration');
    return { kind: 'calibration', variants, blocks: calibrating, what: `finding out what ${waits(variants)} does` };
  }
  const blocks = trialsPerEffect - wholeBlocks(recordings, 'effects');
  if (blocks <= 0) return undefined;
  const variants = variantsOf(subject, recordings, 'effects');
  return { kind: 'effects', variants, blocks, what: `recording ${blocks} trials of each of ${waits(variants)}` };
}

/** The variants of a kind of recording: those of a stored one, or what the recordings before it say. */
function variantsOf(subject: Subject, recordings: readonly Recording[], kind: RecordingKind): readonly Variant[] {
  const stored = ofKind(recordings, kind)[0];
  if (stored !== undefined) return storedVariants(subject, stored);
  const { arm } = subject;
  switch (kind) {
    case 'aa':
      return [named(arm, 'baseline'), named(arm, 'candidate')];
    case 'calibration':
      return [named(arm, 'baseline'), injected(arm, GUESS, firstGuess(subject, recordings), {})];
    case 'effects':
      return [named(arm, 'baseline'), ...effects(subject, recordings)];
  }
}

/** The variants that a stored recording must have had, if it is one of this arm: its own names and busy-waits. */
function storedVariants({ arm }: Subject, { record }: Recording): readonly Variant[] {
  return record.header.plan.variants.map(({ name, axes: { workNs, ...axes } }) =>
    workNs === undefined
      ? named(arm, name === 'candidate' ? name : 'baseline')
      : injected(arm, name, nanos(Number(workNs)), axes),
  );
}

/** @throws BenchError usage where a stored recording is not of this arm with these settings. */
export function checkStored(subject: Subject, recording: Recording): void {
  const { hash } = planRecording(subject, storedVariants(subject, recording), 1, nanos(1));
  if (hash === recording.record.header.plan.hash) return;
  throw new BenchError('usage', 'PROOF_RECORD', `${recording.folder} was recorded of another arm or with other flags`, {
    hint: 'give the scenario, --baseline, --duration, --warmup and --rate that it was recorded with',
  });
}

/** Vetoed trials that even a small recording repeats. */
const LEAST_SPARE = 16;

/** The plan of a recording: vetoed trials are repeated until half of all are vetoed, since replay asks for whole blocks alone. */
export function planRecording(
  { request, arm: { scenario, replaySha256 } }: Subject,
  variants: readonly Variant[],
  blocks: number,
  time: Nanos,
): Plan {
  const replay = replaySha256 === undefined ? {} : { replay: { kind: 'config-dump', sha256: replaySha256 } as const };
  const plan = planVariants(
    { ...scenario, thresholds: [], limits: { time } },
    variants,
    { ...request.overrides, ...replay, seed: request.seed, trials: blocks },
    request.machine,
  );
  return { ...plan, spareTrials: Math.max(LEAST_SPARE, blocks * variants.length) };
}

/** The arm itself under another name. */
function named({ variant }: Arm, name: ArmName): Variant {
  return { ...variant, name, base: name, baseline: 'baseline' };
}

function injected({ variant }: Arm, name: string, work: Nanos, axes: Variant['axes']): Variant {
  const settings = applyPatch(variant.settings, { app: { work: nanos(variant.settings.app.work + work) } });
  return { name, base: name, baseline: 'baseline', axes: { ...axes, workNs: String(work) }, settings };
}

function waits(variants: readonly Variant[]): string {
  const works = variants.flatMap(({ axes: { workNs } }) => (workNs === undefined ? [] : [Number(workNs)]));
  return `a busy-wait of ${works.map((work) => formatDuration(nanos(work))).join(', ')}`;
}

function firstGuess({ policy }: Subject, recordings: readonly Recording[]): Nanos {
  const aa = pool(ofKind(recordings, 'aa').map(({ record }) => record));
  const [first] = policy.metrics;
  const time = aa === undefined || first === undefined ? null : timePerRequest(aa, 'baseline', first.name);
  if (time === null || first === undefined) throw noTime(`a busy-wait cannot be calibrated for ${first?.name ?? ''}`);
  return inTenths(Math.max(100, FIRST_GUESS * first.tolerance * time));
}

/** Of every gated time its busy-waits, calibrated by what the first guess did to it. */
function effects({ arm, policy }: Subject, recordings: readonly Recording[]): readonly Variant[] {
  const record = pool(ofKind(recordings, 'calibration').map((recording) => recording.record));
  const guess = Number(record?.header.plan.variants[1]?.axes['workNs']);
  const variants = policy.metrics.flatMap(({ name, tolerance, scale }) => {
    const before = record === undefined || scale !== 'ratio' ? null : timePerRequest(record, 'baseline', name);
    const after = record === undefined || before === null ? null : timePerRequest(record, GUESS, name);
    if (before === null || after === null) return [];
    const slope = Math.max((after - before) / guess, LEAST_SLOPE);
    return MULTIPLES.map((multiple) =>
      injected(arm, `${name} by ${multiple} tolerances`, inTenths((multiple * tolerance * before) / slope), {
        metric: name,
        multiple: String(multiple),
      }),
    );
  });
  if (variants.length === 0) throw noTime('a busy-wait shows in times alone, and none is gated');
  return variants;
}

/** Tenths of a microsecond: no clock of the application is finer. */
function inTenths(time: number): Nanos {
  return nanos(100 * Math.round(time / 100));
}

function noTime(problem: string): BenchError {
  return new BenchError('usage', 'PROOF_METRICS', problem, { hint: 'name a time first: --metric responseNs.p50' });
}
