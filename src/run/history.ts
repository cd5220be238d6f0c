import { appendFile, mkdir, open, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { paperHtml, trendPaper } from '../report/index.ts';
import { BenchError } from '../units/index.ts';
import { type GateDocument, type History, historyEntry, readHistory, trendsOf } from '../verdict/index.ts';

/** A file larger than this is refused before it is read. */
const LARGEST = 64_000_000;

/**
 * Appends a gate to the history of its scenario in a folder and draws its trend page beside it; returns the page's path.
 * Nothing that was written is ever changed.
 * @throws BenchError usage where the history is too large; preflight where it cannot be written.
 */
export async function appendToHistory(document: GateDocument, folder: string): Promise<string> {
  const file = path.join(folder, `${document.scenario}.jsonl`);
  const page = path.join(folder, `${document.scenario}.html`);
  try {
    await mkdir(folder, { recursive: true });
    // A torn last line gets its end first, so that it spoils no other.
    const torn = await endsTorn(file);
    await appendFile(file, `${torn ? '\n' : ''}${JSON.stringify(historyEntry(document))}\n`);
    const history = await read(file);
    await writeFile(page, await paperHtml(trendPaper({ ...history, ...trendsOf(history) })));
  } catch (cause) {
    if (cause instanceof BenchError) throw cause;
    throw new BenchError('preflight', 'HISTORY', `the history ${file} cannot be kept: ${(cause as Error).message}`, {
      hint: 'choose another folder with --history',
      cause,
    });
  }
  return page;
}

async function read(file: string): Promise<History> {
  await using handle = await open(file, 'r');
  const { size } = await handle.stat();
  if (size > LARGEST) {
    throw new BenchError('usage', 'HISTORY', `the history ${file} is larger than 64 MB`, {
      hint: 'begin another folder',
    });
  }
  return readHistory(await handle.readFile('utf8'));
}

async function endsTorn(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || found.size === 0) return false;
  await using handle = await open(file, 'r');
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, found.size - 1);
  return buffer[0] !== 0x0a;
}
