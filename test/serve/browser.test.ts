import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Serving, serveReports } from '../../src/serve/index.ts';
import { findChromium, startChromium } from '../support/browser.ts';
import { syntheticRecord } from '../support/record.ts';
import { BROWSER_SKIP } from '../support/report-browser.ts';
import { Reports } from '../support/reports.ts';
import { checkPage } from '../support/watched-page.ts';

describe('pages of serve in Chromium', { skip: BROWSER_SKIP, timeout: 240_000 }, () => {
  const reports = new Reports();
  let serving: Serving;
  let started: Awaited<ReturnType<typeof startChromium>>;
  let [old, next] = ['', ''];
  before(async () => {
    old = await reports.ended('2026-11-20-100000-0123abcd', { seed: 1, blocks: 8 });
    next = await reports.ended('2026-11-21-100000-4567cdef', { seed: 2, blocks: 8 });
    await reports.gate();
    serving = await serveReports(reports.folder, 0);
    started = await startChromium(findChromium() ?? '');
  });
  after(async () => {
    await started[Symbol.asyncDispose]();
    await serving[Symbol.asyncDispose]();
    reports[Symbol.dispose]();
  });

  const at = (where: string): string => new URL(where, serving.url).href;
  const pages = (): Readonly<Record<string, string>> => ({
    index: '/',
    comparison: `/compare?run=${encodeURIComponent(old)}&run=${encodeURIComponent(next)}`,
    overlay: `/overlay?run=${encodeURIComponent(old)}&run=${encodeURIComponent(next)}`,
    'a run that has ended': `/live?run=${encodeURIComponent(old)}`,
    gate: '/files/gates/quickstart/2026-11-20-100000-0123abcd/gate.html',
    nothing: '/nothing',
  });

  for (const name of ['index', 'comparison', 'overlay', 'a run that has ended', 'gate', 'nothing']) {
    test(`${name}: accessible in light and dark, no console message, no request but to its server`, async () => {
      await checkPage(started.browser, at(pages()[name] ?? ''), {
        rules: 5,
        request: (url) => url.startsWith(serving.url),
        // Chromium itself tells of an answer that is no success.
        complaint: (text) => name === 'nothing' && text.includes('404'),
      });
    });
  }

  test('two runs are ticked and compared with the keyboard alone', async () => {
    const page = await started.browser.newPage();
    await page.goto(serving.url);
    const focused = () => page.evaluate("document.activeElement.matches('input.tick')");
    let ticked = 0;
    for (let step = 0; step < 40 && ticked < 2; step += 1) {
      await page.keyboard.press('Tab');
      if (!(await focused())) continue;
      await page.keyboard.press('Space');
      ticked += 1;
    }
    assert.equal(ticked, 2);
    await Promise.all([page.waitForURL(/\/compare\?/u), page.keyboard.press('Enter')]);
    assert.match(await page.title(), /against/u);
    await page.close();
  });

  test('a running benchmark is followed while it writes, to its end', async () => {
    const record = await syntheticRecord({ seed: 5, blocks: 2 });
    const id = reports.begin('2026-11-24-100000-00000001', record);
    const page = await started.browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(at(`/live?run=${encodeURIComponent(id)}`));
    const said = (text: string) => page.locator('#said', { hasText: text }).waitFor();
    await said('0 of 2 blocks');
    const [first, second, ...rest] = record.trials;
    for (const trial of [first, second]) reports.append(id, trial);
    await said('1 of 2 blocks');
    assert.equal(await page.locator('#trials tr').count(), 2);
    for (const line of [...rest, record.end]) reports.append(id, line);
    await page.locator('.answer', { hasText: 'complete' }).waitFor();
    await said('2 of 2 blocks');
    assert.deepEqual(complaints, []);
    await page.close();
  });
});
