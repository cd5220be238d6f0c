import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { renderHtml } from '../../src/report/index.ts';
import { ALL_VIEWS, check, VIEWS, type View } from '../support/axe.ts';
import { findChromium, startChromium } from '../support/browser.ts';
import { FULL } from '../support/counts.ts';
import { PAGES } from '../support/pages.ts';
import { CONTEXT, summaryFixture } from '../support/summary.ts';

const chromium = findChromium();
const skip = chromium === undefined ? 'no Chromium on PATH (Debian: apt-get install chromium)' : false;

/**
 * All of them on one page, and on the others those rules that they can break by what they hold; colours in the dark, of
 * which the sheet is the same on every page, with full counts.
 */
function viewsOf(name: string): readonly View[] {
  if (name === 'quickstart') return ALL_VIEWS;
  return FULL ? VIEWS : VIEWS.slice(0, 1);
}

/** Where faults of one kind alone are looked for. */
const OTHERS: View = { width: 1280, colorScheme: 'light', rules: 'others' };

describe('report.html is accessible: no violation of WCAG 2 A or AA', { skip, timeout: 240_000 }, () => {
  let folder = '';
  let started: Awaited<ReturnType<typeof startChromium>>;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'meshbench-axe-'));
    started = await startChromium(chromium ?? '');
  });
  after(async () => {
    await started[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  for (const [name, make] of Object.entries(PAGES)) {
    test(`${name}, with all details opened`, async () => {
      const file = path.join(folder, `${name}.html`);
      await writeFile(file, await renderHtml(await make(), CONTEXT));
      const found = await check(started.browser, file, viewsOf(name));
      for (const { view, rules, violations } of found) {
        assert.ok(rules > (view.rules === 'colours' ? 0 : 10), `${rules} rules found something to look at`);
        assert.deepEqual(violations, [], `${view.width} px, ${view.colorScheme}`);
      }
    });
  }

  const faults: readonly (readonly [string, string, View, (page: string) => string])[] = [
    [
      'a drawing without a name',
      'svg-img-alt',
      OTHERS,
      (page) => page.replace(/ aria-label="Response time by share[^"]*"/u, ''),
    ],
    [
      'words of too little contrast',
      'color-contrast',
      { ...OTHERS, rules: 'colours' },
      (page) => page.replaceAll('--muted: #54616e', '--muted: #b9c2cb'),
    ],
    [
      'words of too little contrast in the dark',
      'color-contrast',
      { ...OTHERS, colorScheme: 'dark', rules: 'colours' },
      (page) => page.replaceAll('--muted: #a6b2be', '--muted: #3a434c'),
    ],
    ['a page without a language', 'html-has-lang', OTHERS, (page) => page.replace('<html lang="en">', '<html>')],
    [
      'a fault within closed details',
      'image-alt',
      OTHERS,
      (page) => page.replace('</summary>', '</summary><img src="data:,">'),
    ],
  ];
  for (const [what, rule, view, spoil] of faults) {
    test(`${what} would be found`, async () => {
      const page = await renderHtml(summaryFixture(), CONTEXT);
      const spoilt = spoil(page);
      assert.notEqual(spoilt, page);
      const file = path.join(folder, 'spoilt.html');
      await writeFile(file, spoilt);
      const [{ violations } = assert.fail()] = await check(started.browser, file, [view]);
      assert.ok(
        violations.some((violation) => violation.startsWith(`${rule}: `)),
        violations.join('\n'),
      );
    });
  }
});
