import { stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { findChromium, startChromium } from '../test/support/browser.ts';
import { ROOT } from '../test/support/root.ts';

/**
 * Takes the pictures of the README: the first screen of a run's report, in light and in dark.
 * Usage: npm run pictures -- <run folder>
 */
const WIDTH = 1100;
const HEIGHT = 860;
/** Bytes that a picture may have: the README is read over slow lines too. */
const LIMIT = 250_000;

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('which run? npm run pictures -- <run folder>');
const report = path.resolve(folder, 'report.html');
await stat(report);
const chromium = findChromium();
if (chromium === undefined) throw new Error('no Chromium on PATH (Debian: apt-get install chromium)');

await using started = await startChromium(chromium);
for (const colorScheme of ['light', 'dark'] as const) {
  const page = await started.browser.newPage({ viewport: { width: WIDTH, height: HEIGHT }, colorScheme });
  await page.goto(pathToFileURL(report).href, { waitUntil: 'load' });
  const file = path.join(ROOT, 'docs', 'images', `report-${colorScheme}.png`);
  const { byteLength } = await page.screenshot({ path: file });
  if (byteLength > LIMIT) throw new Error(`${file} has ${byteLength} bytes, more than ${LIMIT}`);
  process.stdout.write(`${file}: ${byteLength} bytes\n`);
  await page.close();
}
