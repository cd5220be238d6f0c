import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PAGES } from '../support/pages.ts';
import { BROWSER_SKIP, ReportBrowser } from '../support/report-browser.ts';

/** A sheet of A4 at 96 px an inch, less the margins of 15 mm that the style sheet sets. */
const SHEET = Math.floor(((210 - 2 * 15) / 25.4) * 96);

/** What is cut or not there; runs in the page, under print media. */
const MISSING = `(() => {
  const shown = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility === 'visible';
  const closed = [...document.querySelectorAll('details > :not(summary)')].filter((part) => !shown(part) || !part.checkVisibility({ contentVisibilityAuto: true }));
  const right = document.documentElement.clientWidth;
  const cut = [...document.querySelectorAll('table, pre, svg.chart, h1, h2, p, li')].filter((part) =>
    shown(part) && part.getBoundingClientRect().right > right + 1);
  const scrolling = [...document.querySelectorAll('.scroll')].filter((part) => getComputedStyle(part).overflowX !== 'visible');
  const navigation = [...document.querySelectorAll('nav, .skip')].filter(shown);
  const tell = (what, parts) => parts.map((part) => what + ': ' + part.outerHTML.slice(0, 120));
  return [...tell('hidden', closed), ...tell('cut', cut), ...tell('scrolls', scrolling), ...tell('navigation', navigation)];
})()`;

describe('report.html on paper', { skip: BROWSER_SKIP }, () => {
  let started: ReportBrowser;
  before(async () => {
    started = await ReportBrowser.open();
  });
  after(() => started[Symbol.asyncDispose]());

  for (const name of ['quickstart', 'failing', 'interception', 'hostile']) {
    test(`${name}: all details are open, there is no navigation, and nothing is cut`, async () => {
      const page = await started.show((await PAGES[name]?.()) ?? assert.fail(), { width: SHEET, colorScheme: 'dark' });
      await page.emulateMedia({ media: 'print' });
      assert.deepEqual(await page.evaluate(MISSING), []);
      assert.equal(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)');
      const sheets = await page.pdf({ preferCSSPageSize: true });
      assert.equal(sheets.subarray(0, 5).toString('latin1'), '%PDF-');
      assert.ok([...sheets.toString('latin1').matchAll(/\/Type\s*\/Page\b/gu)].length >= 3, 'several sheets');
    });
  }
});
