import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** Names under which distributions install Chromium or Chrome. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Nothing but the page: no update, no sync, no look-up. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Path of a Chromium on PATH; undefined where there is none. */
export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts a headless Chromium with a new, empty profile, which goes away with it. */
export async function startChromium(executablePath: string): Promise<AsyncDisposable & { readonly browser: Browser }> {
  const asRoot = process.getuid?.() === 0;
  const browser = await chromium.launch({ executablePath, headless: true, chromiumSandbox: !asRoot, args: QUIET });
  return { browser, [Symbol.asyncDispose]: () => browser.close() };
}
