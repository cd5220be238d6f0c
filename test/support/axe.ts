import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';

/** WCAG 2.0 to 2.2, levels A and AA, by axe's own names. */
const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];

/** Of them, the rules about colours: the only ones that a colour scheme can break, and by far the slowest. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/** A window, and which rules are asked in it. */
export interface View {
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
  readonly rules: 'all' | 'colours' | 'others';
}

/** Every rule in a narrow and in a wide window; those about colours once in each, and once in each scheme. */
export const VIEWS: readonly View[] = [
  { width: 380, colorScheme: 'light', rules: 'all' },
  { width: 1280, colorScheme: 'light', rules: 'others' },
  { width: 1280, colorScheme: 'dark', rules: 'colours' },
];

/** The same with those about colours in every window and scheme. */
export const ALL_VIEWS: readonly View[] = [
  ...VIEWS,
  { width: 1280, colorScheme: 'light', rules: 'colours' },
  { width: 380, colorScheme: 'dark', rules: 'colours' },
];

/** What axe found, one line for each element, with the rule that it breaks. */
export interface Found {
  readonly view: View;
  /** Rules that found something to look at. */
  readonly rules: number;
  readonly violations: readonly string[];
}

/** Opens a page from disk or from a server, with all details opened, and looks for violations of WCAG 2 A and AA in each window. */
export async function check(browser: Browser, file: string, views: readonly View[]): Promise<readonly Found[]> {
  const page = await browser.newPage();
  try {
    await page.goto(file.startsWith('http:') ? file : pathToFileURL(file).href, { waitUntil: 'load' });
    return await checkOpen(page, views);
  } finally {
    await page.close();
  }
}

/** The same of a page that is open. */
export async function checkOpen(page: Page, views: readonly View[]): Promise<readonly Found[]> {
  await page.evaluate("for (const closed of document.querySelectorAll('details')) closed.open = true");
  await page.evaluate(axe.source);
  const found: Found[] = [];
  for (const view of views) {
    await page.setViewportSize({ width: view.width, height: 800 });
    await page.emulateMedia({ colorScheme: view.colorScheme });
    found.push({ view, ...(JSON.parse(String(await page.evaluate(programOf(view)))) as Omit<Found, 'view'>) });
  }
  return found;
}

/** Runs in the page. */
function programOf({ rules }: View): string {
  const disabled = Object.fromEntries(COLOURS.map((rule) => [rule, { enabled: false }]));
  const options = {
    resultTypes: ['violations'],
    runOnly: rules === 'colours' ? COLOURS : LEVELS,
    ...(rules === 'others' ? { rules: disabled } : {}),
  };
  return `axe.run(document, ${JSON.stringify(options)}).then(({ passes, violations }) => JSON.stringify({
    rules: passes.length,
    violations: violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => id + ': ' + help + ': ' + html.slice(0, 200))),
  }))`;
}
