import { z } from 'zod';
import { isOfMachine } from '../record/index.ts';
import { changePoints, median } from '../stats/index.ts';
import { createRandom } from '../units/index.ts';
import type { GateDocument } from './document.ts';

const name = z.string().max(1000);
const finite = z.number();

/** One night: what a gate found, in a line. */
const entrySchema = z.object({
  schemaVersion: z.literal(1),
  gateId: name,
  scenario: name,
  endedAt: z.iso.datetime(),
  planHash: name,
  /** What both arms were asked; entries of earlier versions do not say. */
  questionHash: name.optional(),
  baseline: name,
  candidate: name,
  /** Revision of this program, or null outside a Git checkout. */
  revision: name.nullable(),
  /** What of the fingerprint tells one machine from another; entries of different ones are never compared. */
  machine: z.record(name, name),
  verdict: z.enum(['pass', 'regression', 'inconclusive', 'invalid', 'failed', 'interrupted']),
  metrics: z
    .array(
      z.object({
        metric: name,
        scale: z.enum(['ratio', 'share']),
        effect: finite.nullable(),
        baseline: finite.nullable(),
        candidate: finite.nullable(),
      }),
    )
    .max(100),
});

export type HistoryEntry = z.output<typeof entrySchema>;

/** What a history holds at most: thirty years of nights. */
export const MOST_ENTRIES = 10_000;

/** The line that a gate leaves in its history. */
export function historyEntry(gate: GateDocument): HistoryEntry {
  const revision = gate.fingerprint['meshbench.revision'];
  return {
    schemaVersion: 1,
    gateId: gate.gateId,
    scenario: gate.scenario,
    endedAt: gate.endedAt,
    planHash: gate.planHash,
    questionHash: gate.questionHash,
    baseline: gate.arms.baseline.asked,
    candidate: gate.arms.candidate.asked,
    revision: typeof revision === 'string' ? revision : null,
    machine: machineOf(gate.fingerprint),
    verdict: gate.verdict,
    metrics: [...(gate.first.decision?.findings ?? []), ...gate.first.watched].map((finding) => ({
      metric: finding.metric,
      scale: finding.scale,
      effect: finding.effect?.estimate ?? null,
      baseline: finding.baseline,
      candidate: finding.candidate,
    })),
  };
}

/** What is left out may differ from night to night: it is what is gated. */
function machineOf(fingerprint: GateDocument['fingerprint']): Record<string, string> {
  const kept = Object.entries(fingerprint).filter(([field]) => isOfMachine(field));
  return Object.fromEntries(kept.map(([field, value]) => [field, String(value)]));
}

/** A history as it was read, and lines that could not be. */
export interface History {
  readonly entries: readonly HistoryEntry[];
  readonly damaged: number;
}

/** Reads the lines of a history, untrusted: what is no entry is counted and left out. */
export function readHistory(text: string): History {
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .slice(-MOST_ENTRIES);
  const entries = lines.flatMap((line) => entryOf(line) ?? []);
  return { entries, damaged: lines.length - entries.length };
}

function entryOf(line: string): HistoryEntry | undefined {
  try {
    const checked = entrySchema.safeParse(JSON.parse(line));
    return checked.success ? checked.data : undefined;
  } catch {
    return undefined;
  }
}

/** Nights that are looked at for changes. */
const WINDOW = 50;
/** A change is told under this probability: it is a hint for people, and there are many series and nights. */
const ALPHA = 0.001;

/** The series of one metric on one machine, and where its level changed. */
export interface Trend {
  readonly metric: string;
  readonly series: readonly { readonly endedAt: string; readonly revision: string | null; readonly value: number }[];
  /** The first night of each new level, with the revisions between which it changed. */
  readonly changes: readonly {
    readonly endedAt: string;
    readonly after: string | null;
    readonly until: string | null;
    readonly ratio: number;
    readonly p: number;
  }[];
}

/** The candidate's values over the nights of the last entry's machine, arms and load; nights that are not comparable, and invalid ones, are left out. */
export function trendsOf({ entries }: History): { readonly trends: readonly Trend[]; readonly others: number } {
  const last = entries.at(-1);
  if (last === undefined) return { trends: [], others: 0 };
  const wanted = comparableBy(last);
  const same = entries.filter((entry) => entry.verdict !== 'invalid' && comparableBy(entry) === wanted);
  const window = same.slice(-WINDOW);
  const trends = last.metrics.filter(({ scale }) => scale === 'ratio').map(({ metric }) => trendOf(metric, window));
  return { trends, others: entries.length - same.length };
}

/** What is the same of nights that can be compared, as one text. */
function comparableBy({ machine, scenario, baseline, candidate, questionHash }: HistoryEntry): string {
  const fields = Object.entries(machine).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([fields, scenario, baseline, candidate, questionHash ?? null]);
}

function trendOf(metric: string, entries: readonly HistoryEntry[]): Trend {
  const series = entries.flatMap(({ endedAt, revision, metrics }) => {
    const value = metrics.find((one) => one.metric === metric)?.candidate ?? null;
    return value === null ? [] : [{ endedAt, revision, value }];
  });
  const values = series.map(({ value }) => value);
  const points = changePoints(values, ALPHA, createRandom(1));
  const changes = points.map(({ index, p }, at) => {
    const before = median(values.slice(points[at - 1]?.index ?? 0, index)) ?? Number.NaN;
    const after = median(values.slice(index, points[at + 1]?.index ?? values.length)) ?? Number.NaN;
    return {
      endedAt: series[index]?.endedAt ?? '',
      after: series[index - 1]?.revision ?? null,
      until: series[index]?.revision ?? null,
      ratio: after / before,
      p,
    };
  });
  return { metric, series, changes };
}
