import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Header, readRecord } from '../record/index.ts';
import { renderHtml, renderJson, renderMarkdown } from '../report/index.ts';
import { type Summary, summarize } from '../summary/index.ts';

/**
 * Renders every output of a run from its record alone, beside it: summary.json, summary.md, report.html.
 * The same record gives the same bytes.
 * @param command what repeats the run; without it a run of its scenario.
 * @throws BenchError usage when the record cannot be read.
 */
export async function publish(folder: string, command?: string): Promise<Summary> {
  const record = await readRecord(path.join(folder, 'record.jsonl'));
  const summary = summarize(record);
  const context = {
    command: command ?? repeating(record.header, summary),
    files: await filesBeside(folder),
  };
  const html = await renderHtml(summary, context);
  await writeFile(path.join(folder, 'summary.json'), renderJson(summary));
  await writeFile(path.join(folder, 'summary.md'), renderMarkdown(summary));
  await writeFile(path.join(folder, 'report.html'), html);
  return summary;
}

function repeating({ plan: { knee } }: Header, summary: Summary): string {
  const flags = `${extent(summary)} --seed ${summary.seed}`;
  if (knee === undefined) return `npm run bench ${summary.scenario} -- ${flags}`;
  const slo = `'${knee.slo.replaceAll("'", "'\\''")}'`;
  return `bin/meshbench knee ${summary.scenario} --slo ${slo} --from ${knee.from}/s --to ${knee.to}/s ${flags}`;
}

/** The flag that gives as many blocks again. */
function extent({ mode, blocks }: Summary): string {
  return mode === 'quick' ? '--quick' : `--trials ${blocks.planned}`;
}

interface FileBeside {
  readonly name: string;
  readonly what: string;
}

const OUTPUTS: readonly FileBeside[] = [
  { name: 'record.jsonl', what: 'the record: every trial as it was measured' },
  { name: 'summary.json', what: 'the numbers of this page' },
  { name: 'summary.md', what: 'a short form for reviews' },
];

async function filesBeside(folder: string): Promise<FileBeside[]> {
  const config = await readdir(path.join(folder, 'config'), { recursive: true, withFileTypes: true }).catch(() => []);
  const found = config
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
  return [...OUTPUTS, ...found.map((name) => ({ name, what: describeConfig(name) }))];
}

function describeConfig(name: string): string {
  return name.endsWith('.rules') ? 'packet rules of a host' : "a proxy's configuration";
}
