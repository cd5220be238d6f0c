import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { openRecord, type RunRecord } from '../record/index.ts';
import { BenchError } from '../units/index.ts';
import { closing } from './ending.ts';

const FILE = 'record.jsonl';

/** Refuses a folder that has a record already, before anything is measured. @throws BenchError usage. */
export async function refuseRecord(folder: string): Promise<void> {
  const found = await stat(path.join(folder, FILE)).catch(() => undefined);
  if (found === undefined) return;
  throw new BenchError('usage', 'record-exists', `${path.join(folder, FILE)} exists already and is never overwritten`, {
    hint: 'choose another folder with --save',
  });
}

/** Writes a whole record into a folder, which is made. @throws BenchError preflight, or as `openRecord`. */
export async function saveRecord(record: RunRecord, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: Error) => {
    throw new BenchError('preflight', 'OUT_NOT_WRITABLE', `cannot write to ${folder}: ${cause.message}`, {
      hint: 'choose another folder with --save',
      cause,
    });
  });
  await using writer = await openRecord(path.join(folder, FILE), record.header);
  for (const trial of record.trials) await writer.append(trial);
  await writer.close(record.end ?? closing('complete', ''));
}
