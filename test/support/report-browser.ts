import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { renderHtml } from '../../src/report/index.ts';
import type { Summary } from '../../src/summary/index.ts';
import { findChromium, startChromium } from './browser.ts';
import { CONTEXT } from './summary.ts';

/** Why tests in a browser are skipped; false where they run. */
export const BROWSER_SKIP: string | false =
  findChromium() === undefined ? 'no Chromium on PATH (Debian: apt-get install chromium)' : false;

/** A Chromium that shows reports from a folder of its own, both of which go away with it. */
export class ReportBrowser implements AsyncDisposable {
  private readonly started: Awaited<ReturnType<typeof startChromium>>;
  private readonly folder: string;

  private constructor(started: Awaited<ReturnType<typeof startChromium>>, folder: string) {
    this.started = started;
    this.folder = folder;
  }

  static async open(): Promise<ReportBrowser> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'meshbench-report-'));
    return new ReportBrowser(await startChromium(findChromium() ?? ''), folder);
  }

  /** Renders a summary and opens it in a window of this width. */
  async show(
    summary: Summary,
    view: { readonly width: number; readonly colorScheme?: 'light' | 'dark' },
  ): Promise<Page> {
    const file = path.join(this.folder, 'report.html');
    await writeFile(file, await renderHtml(summary, CONTEXT));
    const { width, colorScheme = 'light' } = view;
    const page = await this.started.browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    await page.goto(pathToFileURL(file).href, { waitUntil: 'load' });
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.started[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true });
  }
}
