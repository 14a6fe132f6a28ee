import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

/** A window of a visitor of their own, and all that its console complained of. */
export interface Window {
  readonly page: Page;
  /** Errors of scripts, of requests, and against the policy of what may be loaded. */
  readonly complaints: string[];
}

const desktop = { viewport: { width: 1280, height: 900 } };

/** Opens a window that is gone when the test ends. */
export async function openWindow(
  browser: Browser,
  url: URL,
  options: BrowserContextOptions = {},
): Promise<Window> {
  const context = await browser.newContext({ ...desktop, reducedMotion: 'reduce', ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(String(url));
  return { page, complaints };
}

/** Waits until something on the page says a text. */
export async function untilText(
  page: Page,
  selector: string,
  text: string | RegExp,
): Promise<void> {
  await page.locator(selector).filter({ hasText: text }).first().waitFor();
}

/** Presses Tab until what has the focus answers to a selector. */
export async function tabTo(page: Page, selector: string, most = 60): Promise<void> {
  for (let pressed = 0; pressed < most; pressed++) {
    await page.keyboard.press('Tab');
    if ((await page.locator(`${selector}:focus`).count()) > 0) return;
  }
  expect.fail(`no Tab leads to ${selector}`);
}
