import { stat } from 'node:fs/promises';
import path from 'node:path';
import { BenchError } from '../units/index.ts';
import { userPath } from './context.ts';

/**
 * The folder of a run: named itself, by its record.jsonl, or by its scenario for the latest one.
 * @throws BenchError usage where none of them holds a record.
 */
export async function findRun(run: string, root: string): Promise<string> {
  const asGiven = userPath(run);
  const candidates = [
    path.basename(asGiven) === 'record.jsonl' ? path.dirname(asGiven) : asGiven,
    path.join(asGiven, 'latest'),
    path.join(root, 'reports', run, 'latest'),
  ];
  for (const folder of candidates) {
    const found = await stat(path.join(folder, 'record.jsonl')).catch(() => undefined);
    if (found?.isFile() === true) return folder;
  }
  throw new BenchError('usage', 'NO_RECORD', `no record.jsonl in ${candidates.join(', ')}`, {
    hint: 'name the folder of a run below reports/, or a scenario that was run',
  });
}
