import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { renderHtml } from '../../src/report/index.ts';
import { findChromium, startChromium } from '../support/browser.ts';
import { PAGES } from '../support/pages.ts';
import { CONTEXT, summaryFixture } from '../support/summary.ts';

const chromium = findChromium();
const skip = chromium === undefined ? 'no Chromium on PATH (Debian: apt-get install chromium)' : false;

/** Pages that have all their charts. */
const DRAWN = ['quickstart', 'failing', 'matrix', 'hostile', 'interception'];

const SOME_VIEWS = [
  { width: 380, colorScheme: 'dark' },
  { width: 1280, colorScheme: 'light' },
] as const;

const VIEWS = [...SOME_VIEWS, { width: 380, colorScheme: 'light' }, { width: 1280, colorScheme: 'dark' }] as const;

/** What a page did that it should not have done. */
interface Watched {
  readonly page: Page;
  readonly complaints: string[];
  readonly requests: string[];
}

describe('report.html in Chromium, from disk', { skip }, () => {
  test('no console message, no request, nothing wider than the window, all of it reachable', async () => {
    await using started = await startChromium(chromium ?? '');
    const folder = await mkdtemp(path.join(os.tmpdir(), 'meshbench-report-'));
    try {
      for (const [name, make] of Object.entries(PAGES)) {
        const file = path.join(folder, `${name}.html`);
        await writeFile(file, await renderHtml(await make(), CONTEXT));
        const watched = await open(started.browser, file, SOME_VIEWS[0]);
        await openDetails(watched.page, name === 'quickstart');
        await checkViews(watched, name, file);
        await watched.page.close();
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('question and answer are seen first, and dark mode is dark', async () => {
    await using started = await startChromium(chromium ?? '');
    const folder = await mkdtemp(path.join(os.tmpdir(), 'meshbench-report-'));
    try {
      const file = path.join(folder, 'report.html');
      await writeFile(file, await renderHtml(summaryFixture(), CONTEXT));
      for (const [colorScheme, paper] of [
        ['light', 'rgb(255, 255, 255)'],
        ['dark', 'rgb(18, 24, 31)'],
      ] as const) {
        const { page } = await open(started.browser, file, { width: 1280, colorScheme });
        assert.equal(await page.title(), 'What does one outbound sidecar hop cost? – quickstart – meshbench');
        for (const shown of ['h1', '.answer', '.badge']) {
          const box = await page.locator(shown).boundingBox();
          assert.ok(box !== null && box.y + box.height < 400, shown);
        }
        assert.equal(await page.evaluate('getComputedStyle(document.body).backgroundColor'), paper);
        await page.close();
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

async function open(
  browser: Browser,
  file: string,
  view: { readonly width: number; readonly colorScheme: 'light' | 'dark' },
): Promise<Watched> {
  const page = await browser.newPage({ viewport: { width: view.width, height: 800 }, colorScheme: view.colorScheme });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href, { waitUntil: 'load' });
  return { page, complaints, requests };
}

/** With the pointer, to see that it can be done; or all at once, where a page has hundreds of the same. */
async function openDetails(page: Page, byPointer: boolean): Promise<void> {
  if (byPointer) for (const details of await page.locator('summary').all()) await details.click();
  else await page.evaluate("for (const summary of document.querySelectorAll('summary')) summary.click()");
}

async function checkViews(watched: Watched, name: string, file: string): Promise<void> {
  const charts = DRAWN.includes(name) ? 9 : 0;
  for (const view of name === 'quickstart' ? VIEWS : SOME_VIEWS) {
    await watched.page.setViewportSize({ width: view.width, height: 800 });
    await watched.page.emulateMedia({ colorScheme: view.colorScheme });
    await check(watched, `${name}, ${view.width} px, ${view.colorScheme}`, file, charts);
  }
}

async function check(
  { page, complaints, requests }: Watched,
  what: string,
  file: string,
  charts: number,
): Promise<void> {
  assert.equal(await page.locator('details:not([open])').count(), 0, what);
  assert.deepEqual(complaints, [], what);
  assert.deepEqual(requests, [pathToFileURL(file).href], what);
  const wider = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
  assert.ok(Number(wider) <= 0, `${what}: ${wider} px too wide`);
  const unreachable = await page.evaluate(`[...document.querySelectorAll('*')].filter((element) =>
    element.scrollWidth > element.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(element).overflowX) &&
    !(element.tabIndex >= 0 && element.ariaLabel)).length`);
  assert.equal(unreachable, 0, `${what}: what scrolls can be reached by keyboard`);
  const shown = await page.evaluate(`[...document.querySelectorAll('svg.chart')].filter((chart) =>
    chart.getBoundingClientRect().width > 100).length`);
  assert.ok(Number(shown) >= charts, `${what}: ${shown} charts are shown`);
}
