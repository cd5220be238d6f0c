import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { paperHtml } from '../../src/report/index.ts';
import { findChromium, startChromium } from '../support/browser.ts';
import { PAPERS } from '../support/papers.ts';
import { BROWSER_SKIP } from '../support/report-browser.ts';
import { checkPage } from '../support/watched-page.ts';

/** One of each kind, and the hostile ones with most texts; what is in the others is in these too. */
const OPENED = ['comparison', 'comparison-hostile', 'gate-regression', 'gate-hostile', 'trend', 'proof'];

describe('pages of papers in Chromium, from disk', { skip: BROWSER_SKIP, timeout: 240_000 }, () => {
  let folder = '';
  let started: Awaited<ReturnType<typeof startChromium>>;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'meshbench-papers-'));
    started = await startChromium(findChromium() ?? '');
  });
  after(async () => {
    await started[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  for (const name of OPENED) {
    test(`${name}: accessible, no console message, no request, nothing wider than the window`, async () => {
      const file = path.join(folder, `${name}.html`);
      const make = PAPERS[name];
      assert.ok(make !== undefined);
      await writeFile(file, await paperHtml(await make()));
      const address = pathToFileURL(file).href;
      await checkPage(started.browser, address, { rules: 10, request: (url) => url === address });
    });
  }
});
