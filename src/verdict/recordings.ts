import type { RunRecord } from '../record/index.ts';
import { sortBlocks } from '../summary/index.ts';

/** What a recording of a proof is for: trials without a difference, finding out what a busy-wait does, trials with busy-waits. */
export type RecordingKind = 'aa' | 'calibration' | 'effects';

/** A record of a proof, and where it stands. */
export interface Recording {
  readonly kind: RecordingKind;
  readonly folder: string;
  readonly record: RunRecord;
}

/** The name of the variant by whose busy-wait others are calibrated. */
export const GUESS = 'guess';

/** What a run recorded for a proof, by its variants alone; undefined where it was none. Pure. */
export function recordingKind({ plan: { variants } }: RunRecord['header']): RecordingKind | undefined {
  const [baseline, ...others] = variants;
  if (baseline?.name !== 'baseline' || baseline.axes['workNs'] !== undefined || others.length === 0) return undefined;
  if (others.every(({ axes }) => axes['workNs'] !== undefined && axes['metric'] !== undefined)) return 'effects';
  const [other] = others;
  if (other === undefined || others.length > 1) return undefined;
  if (other.name === GUESS && other.axes['workNs'] !== undefined) return 'calibration';
  const isSame = JSON.stringify(other.settings) === JSON.stringify(baseline.settings);
  return other.name === 'candidate' && other.axes['workNs'] === undefined && isSame ? 'aa' : undefined;
}

/** Records of one plan as one: their blocks follow each other. Undefined without any. Pure. */
export function pool(records: readonly RunRecord[]): RunRecord | undefined {
  const [first] = records;
  if (first === undefined) return undefined;
  let next = 0;
  const trials = records.flatMap((record) => {
    const offset = next;
    next = record.trials.reduce((most, { block }) => Math.max(most, offset + block + 1), next);
    return record.trials.map((trial) => ({ ...trial, block: offset + trial.block }));
  });
  return { ...first, trials, end: records.at(-1)?.end, damage: records.flatMap(({ damage }) => damage) };
}

/** Whole blocks of recordings of a kind. */
export function wholeBlocks(recordings: readonly Recording[], kind: RecordingKind): number {
  return ofKind(recordings, kind).reduce((sum, { record }) => sum + sortBlocks(record).counts.measured, 0);
}

/** The recordings of one kind, in their order. */
export function ofKind(recordings: readonly Recording[], kind: RecordingKind): readonly Recording[] {
  return recordings.filter((recording) => recording.kind === kind);
}

/** Fields that are named after variants, which kinds of recordings do not share. */
const PER_VARIANT = 'envoy.';

/**
 * The field of the fingerprint in which two records differ so that they are no one recording; undefined where there is none. The
 * program's own revision may differ: a proof tells that of every record.
 */
export function strangeField(one: RunRecord, other: RunRecord): string | undefined {
  const [its, others] = [one.header.fingerprint, other.header.fingerprint];
  return [...new Set([...Object.keys(its), ...Object.keys(others)])].find((field) => {
    const isInBoth = its[field] !== undefined && others[field] !== undefined;
    if (field.startsWith('meshbench.') || (field.startsWith(PER_VARIANT) && !isInBoth)) return false;
    return its[field] !== others[field];
  });
}
