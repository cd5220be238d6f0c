import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PAGES } from '../support/pages.ts';
import { BROWSER_SKIP, ReportBrowser } from '../support/report-browser.ts';
import { servicesSummary } from '../support/services.ts';

/** A window of an ordinary screen. */
const WIDTH = 1200;

/** Tables that are wider than their page, by their captions and by how much. */
const WIDER = `[...document.querySelectorAll('.scroll')].flatMap((part) =>
  part.scrollWidth > part.clientWidth ? [part.ariaLabel + ': ' + (part.scrollWidth - part.clientWidth) + ' px'] : [])`;

describe('tables of report.html', { skip: BROWSER_SKIP }, () => {
  let started: ReportBrowser;
  before(async () => {
    started = await ReportBrowser.open();
  });
  after(() => started[Symbol.asyncDispose]());

  for (const name of Object.keys(PAGES).filter((page) => page !== 'hostile')) {
    test(`${name}: none is wider than a page of ${WIDTH} px`, async () => {
      const page = await started.show((await PAGES[name]?.()) ?? assert.fail(), { width: WIDTH, colorScheme: 'light' });
      await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
      assert.deepEqual(await page.evaluate(WIDER), []);
    });
  }

  test('name what points of a matrix share once, and each by what it differs in', async () => {
    const page = await started.show(servicesSummary([0, 10_000]), { width: WIDTH, colorScheme: 'light' });
    const table = page.getByRole('table', { name: /^Response time, errors and cost/u });
    assert.deepEqual(await table.getByRole('columnheader').first().textContent(), 'services.count');
    assert.deepEqual(await table.locator('tbody th').allInnerTexts(), ['all', '0', '10,000', 'lazy', '0', '10,000']);
  });
});
