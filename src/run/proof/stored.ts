import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { type RunRecord, readRecord } from '../../record/index.ts';
import { BenchError } from '../../units/index.ts';
import {
  LARGEST_PROOF,
  type LiveGate,
  ofKind,
  type Policy,
  type Recording,
  readProof,
  recordingKind,
  strangeField,
} from '../../verdict/index.ts';

/** What stored runs and proofs have to go on with. */
export interface Stored {
  readonly recordings: readonly Recording[];
  readonly live: readonly LiveGate[];
}

/**
 * Reads runs and proofs that a proof goes on with.
 * @param from folders, or paths of a record.jsonl or a proof.json.
 * @param out the folder below which runs stand; folders of recordings are named from there.
 * @throws BenchError usage for what is neither, what was recorded for no proof, and recordings of two machines or plans.
 */
export async function readStored(from: readonly string[], policy: Policy, out: string): Promise<Stored> {
  const folders: string[] = [];
  const live: LiveGate[] = [];
  for (const given of from) {
    const proof = await proofIn(given);
    if (proof === undefined) {
      folders.push(path.basename(given) === 'record.jsonl' ? path.dirname(given) : given);
      continue;
    }
    const stored = readProof(await readText(proof), policy);
    // A proof stands at <out>/proofs/<scenario>/<time>-<seed>.
    const root = path.resolve(path.dirname(proof), '../../..');
    folders.push(...stored.folders.map((folder) => path.resolve(root, folder)));
    live.push(...stored.live);
  }
  const recordings: Recording[] = [];
  for (const folder of new Set(folders)) recordings.push(await readRecording(folder, out));
  for (const recording of recordings) checkFits(recording, recordings);
  return { recordings, live: [...new Map(live.map((gate) => [gate.gateId, gate])).values()] };
}

/** A recording in a folder. @throws BenchError usage where there is none. */
export async function readRecording(folder: string, out: string): Promise<Recording> {
  const record = await readRecord(path.join(folder, 'record.jsonl'));
  const kind = recordingKind(record.header);
  if (kind === undefined) {
    throw new BenchError('usage', 'PROOF_RECORD', `the run in ${folder} was recorded for no proof`, {
      hint: 'name runs that `gate --prove` recorded',
    });
  }
  return { kind, folder: path.relative(out, folder), record };
}

function checkFits({ kind, folder, record }: Recording, all: readonly Recording[]): void {
  const first = ofKind(all, kind)[0]?.record ?? record;
  if (first.header.plan.hash !== record.header.plan.hash) {
    throw unfit(folder, `measured something else than the first recording of its kind`);
  }
  const strange = strangeField(all[0]?.record ?? record, record);
  if (strange !== undefined) throw unfit(folder, `has another ${strange} than the first recording`);
}

/** Refuses a recording that was made elsewhere than those before it. @throws BenchError usage. */
export function checkSamePlace(before: readonly Recording[], made: RunRecord): void {
  const [first] = before;
  const strange = first === undefined ? undefined : strangeField(first.record, made);
  if (first === undefined || strange === undefined) return;
  throw unfit(first.folder, `has another ${strange} than this machine has now`);
}

function unfit(folder: string, problem: string): BenchError {
  return new BenchError('usage', 'PROOF_RECORD', `${folder} ${problem}: they are no one recording`, {
    hint: 'leave it out of --from',
  });
}

async function proofIn(given: string): Promise<string | undefined> {
  if (path.basename(given) === 'proof.json') return given;
  const file = path.join(given, 'proof.json');
  return (await stat(file).catch(() => undefined))?.isFile() === true ? file : undefined;
}

async function readText(file: string): Promise<string> {
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    if (size > LARGEST_PROOF) throw new RangeError(`it is larger than ${LARGEST_PROOF / 1e6} MB`);
    return await handle.readFile('utf8');
  } catch (cause) {
    throw new BenchError('usage', 'PROOF_FILE', `the proof ${file} cannot be read: ${(cause as Error).message}`, {
      hint: 'name a folder below reports/proofs/, or the folders of its recordings',
      cause,
    });
  }
}
