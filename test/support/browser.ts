import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { browserPath } from './browser-path.js';

/**
 * Starts a real browser: the one that npm brought, or the one that CHROMIUM_PATH names.
 *
 * @throws Error that says what to do where none can be started: without one, nothing here is proved
 */
async function launch(): Promise<Browser> {
  try {
    return await chromium.launch({
      executablePath: await browserPath(),
      // Containers have no user namespaces for a sandbox; the pages are our own.
      args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
    });
  } catch (error) {
    throw new Error(
      `No Chromium starts on ${process.platform} ${process.arch}: @sparticuz/chromium brings one for ` +
        'Linux on x64 and arm64. Elsewhere set CHROMIUM_PATH to a Chromium or Chrome.',
      { cause: error },
    );
  }
}

/** One browser for a whole file: a start takes longer than most tests. */
export function sharedBrowser(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());
  return () => {
    if (browser === undefined) throw new Error('the browser has not started');
    return browser;
  };
}
