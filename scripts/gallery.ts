import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { readRecord } from '../src/record/index.ts';
import { renderHtml } from '../src/report/index.ts';
import { answer, type Summary, summarize } from '../src/summary/index.ts';
import { findChromium, startChromium } from '../test/support/browser.ts';
import { ROOT } from '../test/support/root.ts';

/**
 * Puts the reports of runs into docs/gallery, each with a picture, and writes its index.
 * Usage: npm run gallery -- <run folder> [run folder…]
 */
const FOLDER = path.join(ROOT, 'docs', 'gallery');
const WIDTH = 1100;
const HEIGHT = 860;
/** Bytes of the whole gallery: it is cloned with the code. */
const LIMIT = 1_500_000;

interface Shown {
  readonly name: string;
  readonly summary: Summary;
}

const folders = process.argv.slice(2);
if (folders.length === 0) throw new Error('which runs? npm run gallery -- <run folder> [run folder…]');
const chromium = findChromium();
if (chromium === undefined) throw new Error('no Chromium on PATH (Debian: apt-get install chromium)');
await using started = await startChromium(chromium);
const shown: Shown[] = [];
for (const folder of folders) shown.push(await show(folder));
await writeFile(path.join(FOLDER, 'README.md'), index(shown));
const files = await readdir(FOLDER);
const sizes = await Promise.all(files.map(async (file) => (await stat(path.join(FOLDER, file))).size));
const bytes = sizes.reduce((sum, size) => sum + size, 0);
if (bytes > LIMIT) throw new Error(`the gallery has ${bytes} bytes, more than ${LIMIT}`);
process.stdout.write(`${FOLDER}: ${bytes} bytes\n`);

/** The page from the record, without links to files that stay where they are, and its first screen. */
async function show(folder: string): Promise<Shown> {
  const summary = await summarize(await readRecord(path.join(folder, 'record.jsonl')));
  const name = `${summary.scenario}-${summary.runtime}`.replaceAll(/[^a-z0-9-]+/gu, '-');
  const page = path.join(FOLDER, `${name}.html`);
  await writeFile(page, await renderHtml(summary, { command: `npm run bench ${summary.scenario}`, files: [] }));
  const window = await started.browser.newPage({ viewport: { width: WIDTH, height: HEIGHT } });
  await window.goto(pathToFileURL(page).href, { waitUntil: 'load' });
  await window.screenshot({ path: path.join(FOLDER, `${name}.png`) });
  await window.close();
  return { name, summary };
}

function index(all: readonly Shown[]): string {
  return [
    '# Gallery',
    '',
    'Reports of real runs, drawn from their records by `npm run gallery`. GitHub shows HTML as text: download a page and open it,',
    'or clone the repository. What the machines were stands in each report; compare nothing across them.',
    '',
    ...all.flatMap(({ name, summary }) => [
      `## ${summary.question}`,
      '',
      `[![The first screen of the report](${name}.png)](${name}.html)`,
      '',
      `\`${summary.scenario}\`, ${summary.runtime}, ${summary.startedAt.slice(0, 10)}, ${summary.blocks.measured} blocks, ${summary.trials.vetoed} of ${summary.trials.measured} trials vetoed; how it ended: ${summary.ended}; verdict: ${summary.verdict}. ${answer(summary)}`,
      '',
    ]),
  ].join('\n');
}
