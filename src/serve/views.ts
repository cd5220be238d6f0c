import { stat } from 'node:fs/promises';
import path from 'node:path';
import { compareRuns, digestRecord, type RunDigest } from '../compare/index.ts';
import { type RunRecord, readRecord } from '../record/index.ts';
import { comparisonPaper, type Layer, MOST_LAID, overlayPage, paperHtml } from '../report/index.ts';
import { summarize } from '../summary/index.ts';
import { BenchError } from '../units/index.ts';
import { runFolder } from './paths.ts';

/** Runs that are computed with at once. */
const MOST_RUNS = 8;
/** A record above this is for the command line, which has a processor to itself. */
const MOST_RECORD_BYTES = 200_000_000;
/** Of each run, where nothing was chosen: as many as fit. */
const FIRST_LAID = 3;

/** The comparison of runs with the first of them, as `meshbench compare` makes it. @throws BenchError usage. */
export async function comparePage(root: string, ids: readonly string[]): Promise<string> {
  const asked = checkedRuns(ids, 2);
  const digests: RunDigest[] = [];
  const labels = new Set<string>();
  for (const id of asked) {
    const record = await recordOf(root, id);
    digests.push(digestRecord(label(id, record.header, labels), record));
  }
  return paperHtml(comparisonPaper(compareRuns(digests)), '/');
}

/** Variants of runs over each other. @param chosen keys of variants, `<run>/<place>`; without any the first of each run. */
export async function overlay(root: string, ids: readonly string[], chosen: readonly string[]): Promise<string> {
  const asked = checkedRuns(ids, 1);
  const wanted = new Set(chosen.slice(0, MOST_LAID));
  const first = Math.max(1, Math.min(FIRST_LAID, Math.floor(MOST_LAID / asked.length)));
  const layers: Layer[] = [];
  const labels = new Set<string>();
  for (const run of asked) {
    const record = await recordOf(root, run);
    const summary = await summarize(record);
    const name = label(run, record.header, labels);
    for (const [place, variant] of summary.variants.entries()) {
      const key = `${run}/${place}`;
      layers.push({
        key,
        run,
        label: name,
        summary,
        variant,
        chosen: wanted.size === 0 ? place < first : wanted.has(key),
      });
    }
  }
  return overlayPage(layers, asked);
}

/** A run by its scenario and when it began, which people tell runs by: `quickstart 11-25 16:03`; its folder too where that is not enough. */
function label(id: string, { scenario, startedAt }: RunRecord['header'], taken: Set<string>): string {
  const short = `${scenario.name.slice(0, 60)} ${startedAt.slice(5, 16).replace('T', ' ')}`;
  const found = taken.has(short) ? `${short}, ${path.basename(id)}` : short;
  taken.add(found);
  return found;
}

function checkedRuns(ids: readonly string[], least: number): readonly string[] {
  const asked = [...new Set(ids)];
  if (asked.length < least || asked.length > MOST_RUNS) {
    throw new BenchError('usage', 'SERVE_RUNS', `${asked.length} runs were ticked`, {
      hint: `tick ${least} to ${MOST_RUNS} of the runs`,
    });
  }
  // The page lists the newest first, and what is compared with is what was there before.
  return asked.toSorted((one, other) => (startOf(one) < startOf(other) ? -1 : 1));
}

function startOf(id: string): string {
  return path.basename(id);
}

async function recordOf(root: string, id: string): Promise<RunRecord> {
  const folder = await runFolder(root, id);
  if (folder === undefined) {
    throw new BenchError('usage', 'NO_RECORD', `there is no run ${id.slice(0, 200)}`, { hint: 'go back to all runs' });
  }
  const file = path.join(folder, 'record.jsonl');
  const { size } = await stat(file);
  if (size > MOST_RECORD_BYTES) {
    throw new BenchError('usage', 'SERVE_RECORD', `the record of ${id} is larger than ${MOST_RECORD_BYTES / 1e6} MB`, {
      hint: 'use meshbench compare',
    });
  }
  return readRecord(file);
}
