import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { interceptionSummary } from '../support/interception.ts';
import { until } from '../support/processes.ts';
import { BROWSER_SKIP, ReportBrowser } from '../support/report-browser.ts';
import { summaryFixture } from '../support/summary.ts';

/** What has the focus: its place among all elements, what it is, and whether that can be seen. */
interface Focus {
  readonly index: number;
  readonly kind: string;
  readonly outline: boolean;
  readonly inside: boolean;
}

const FOCUS = `(() => {
  const element = document.activeElement;
  const box = element.getBoundingClientRect();
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return {
    index: element === document.body ? -1 : [...document.querySelectorAll('*')].indexOf(element),
    kind: element.matches('.skip') ? 'skip' : element.matches('.scroll') ? 'scroll' : element.localName,
    outline: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
    inside: box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight,
  };
})()`;

/** Places of everything that must be reached: links, details, and what scrolls. */
const REACHABLE = `[...document.querySelectorAll('*')].flatMap((element, index) => {
  const scrolls = /auto|scroll/.test(getComputedStyle(element).overflowX) && element.scrollWidth > element.clientWidth + 1;
  const meant = element.matches('a[href], summary') || scrolls;
  return meant && element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }) ? [index] : [];
})`;

/** Presses Tab from the top until the focus leaves the page. */
async function tabThrough(page: Page): Promise<readonly Focus[]> {
  const seen: Focus[] = [];
  for (let press = 0; press < 500; press += 1) {
    await page.keyboard.press('Tab');
    const focus = (await page.evaluate(FOCUS)) as Focus;
    if (focus.index === -1 || focus.index === seen[0]?.index) return seen;
    seen.push(focus);
  }
  throw new Error('the focus never leaves the page');
}

describe('report.html by keyboard', { skip: BROWSER_SKIP }, () => {
  let started: ReportBrowser;
  before(async () => {
    started = await ReportBrowser.open();
  });
  after(() => started[Symbol.asyncDispose]());

  for (const width of [380, 1280]) {
    test(`${width} px: Tab reaches every link, all details and whatever scrolls, and the focus is seen`, async () => {
      const page = await started.show(await interceptionSummary(), { width });
      await page.evaluate("for (const closed of document.querySelectorAll('details')) closed.open = true");
      const seen = await tabThrough(page);
      const reached = new Set(seen.map(({ index }) => index));
      const missed = ((await page.evaluate(REACHABLE)) as number[]).filter((index) => !reached.has(index));
      assert.deepEqual(missed, []);
      assert.equal(seen[0]?.kind, 'skip');
      assert.deepEqual(
        seen.filter(({ outline, inside }) => !outline || !inside),
        [],
      );
      assert.deepEqual(
        [...seen.map(({ index }) => index)].sort((a, b) => a - b),
        seen.map(({ index }) => index),
      );
      assert.ok(seen.some(({ kind }) => kind === 'scroll') && seen.some(({ kind }) => kind === 'summary'));
    });
  }

  test('the skip link leads to the results, past the navigation', async () => {
    const page = await started.show(summaryFixture(), { width: 1280 });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate('location.hash'), '#results');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate("document.activeElement.closest('#results') !== null"), true);
  });

  test('Enter and Space open and close details, and arrows move what scrolls', async () => {
    const page = await started.show(await interceptionSummary(), { width: 380 });
    const summary = page.locator('summary').first();
    const isOpen = () => page.evaluate("document.querySelector('summary').parentElement.open");
    await summary.focus();
    for (const [key, open] of [
      ['Enter', true],
      ['Enter', false],
      ['Space', true],
    ] as const) {
      await page.keyboard.press(key);
      assert.equal(await isOpen(), open, key);
    }
    const table = page.locator('.scroll').first();
    await table.focus();
    await page.keyboard.press('ArrowRight');
    await until('the table has moved', 5, () => page.evaluate<boolean>('document.activeElement.scrollLeft > 0'));
  });
});
