import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { browserPath } from './browser-path.js';

/**
 * Starts a real browser: CHROMIUM_PATH, or the one that npm installed.
 *
 * @throws Error that explains how to provide a browser. The tests fail rather than skip without one.
 */
async function launch(): Promise<Browser> {
  try {
    return await chromium.launch({
      executablePath: await browserPath(),
      // Containers have no user namespaces for a sandbox, and the pages are trusted.
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

/** Shares one browser within a file, because starting it takes longer than most tests. */
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
