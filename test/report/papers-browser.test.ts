import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { paperHtml } from '../../src/report/index.ts';
import { checkOpen, VIEWS } from '../support/axe.ts';
import { findChromium, startChromium } from '../support/browser.ts';
import { PAPERS } from '../support/papers.ts';

const chromium = findChromium();
const skip = chromium === undefined ? 'no Chromium on PATH (Debian: apt-get install chromium)' : false;

/** One of each kind, and the hostile ones with most texts; what is in the others is in these too. */
const OPENED = ['comparison', 'comparison-hostile', 'gate-regression', 'gate-hostile', 'trend', 'proof'];

describe('pages of papers in Chromium, from disk', { skip, timeout: 240_000 }, () => {
  let folder = '';
  let started: Awaited<ReturnType<typeof startChromium>>;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'meshbench-papers-'));
    started = await startChromium(chromium ?? '');
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
      const page = await started.browser.newPage({ viewport: { width: 380, height: 800 } });
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(pathToFileURL(file).href, { waitUntil: 'load' });
      assert.deepEqual(complaints, []);
      assert.deepEqual(requests, [pathToFileURL(file).href]);
      assert.ok(Number(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')) <= 0);
      assert.notEqual(await page.title(), 'owned');
      for (const { view, rules, violations } of await checkOpen(page, VIEWS)) {
        assert.ok(rules > (view.rules === 'colours' ? 0 : 10), `${rules} rules found something to look at`);
        assert.deepEqual(violations, [], `${view.width} px, ${view.colorScheme}`);
      }
      await page.close();
    });
  }
});
