import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';

/** WCAG 2.0 to 2.2, levels A and AA, by axe's own names. */
const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];

/** A narrow and a wide window, light and dark. */
export const VIEWS = [380, 1280].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

/** What axe found, one line for each element, with the rule that it breaks. */
export interface Found {
  readonly rules: number;
  readonly violations: readonly string[];
}

/** Opens a page from disk or from a server, with all details opened, and looks for violations of WCAG 2 A and AA. */
export async function check(
  browser: Browser,
  file: string,
  view: { readonly width: number; readonly colorScheme: 'light' | 'dark' },
): Promise<Found> {
  const page = await browser.newPage({ viewport: { width: view.width, height: 800 }, colorScheme: view.colorScheme });
  try {
    await page.goto(file.startsWith('http:') ? file : pathToFileURL(file).href, { waitUntil: 'load' });
    await page.evaluate("for (const closed of document.querySelectorAll('details')) closed.open = true");
    await page.evaluate(axe.source);
    return JSON.parse(String(await page.evaluate(PROGRAM))) as Found;
  } finally {
    await page.close();
  }
}

/** Runs in the page. */
const PROGRAM = `axe.run(document, { runOnly: ${JSON.stringify(LEVELS)} }).then(({ passes, violations }) => JSON.stringify({
  rules: passes.length,
  violations: violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => id + ': ' + help + ': ' + html.slice(0, 200))),
}))`;
