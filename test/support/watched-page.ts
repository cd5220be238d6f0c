import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { checkOpen, VIEWS } from './axe.ts';

/** What a page may do. */
interface Allowed {
  /** Rules of axe that must find something to look at, where all are asked. */
  readonly rules: number;
  /** Whether it may ask for an address. */
  readonly request: (url: string) => boolean;
  /** Whether it may say so on the console; nothing by default. */
  readonly complaint?: (text: string) => boolean;
}

/** Opens a page and asks whether it is accessible in every view, silent, asks for nothing else, and is no wider than a narrow window. */
export async function checkPage(browser: Browser, address: string, allowed: Allowed): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 380, height: 800 } });
  try {
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(address, { waitUntil: 'load' });
    const { complaint = () => false } = allowed;
    assert.deepEqual(
      complaints.filter((text) => !complaint(text)),
      [],
    );
    assert.ok(requests.includes(address));
    assert.deepEqual(
      requests.filter((url) => !allowed.request(url)),
      [],
    );
    assert.ok(Number(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')) <= 0);
    assert.notEqual(await page.title(), 'owned');
    for (const { view, rules, violations } of await checkOpen(page, VIEWS)) {
      assert.ok(rules > (view.rules === 'colours' ? 0 : allowed.rules), `${rules} rules found something to look at`);
      assert.deepEqual(violations, [], `${view.width} px, ${view.colorScheme}`);
    }
  } finally {
    await page.close();
  }
}
