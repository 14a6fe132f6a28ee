import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

/** A browser window with its own cookies and cache, and the complaints on its console. */
export interface Window {
  readonly page: Page;
  /** Errors of scripts and of requests, and violations of the content security policy. */
  readonly complaints: string[];
}

/** Many times what it takes, because the machine may be busy. */
const TIMEOUT_MS = 60_000;
const desktop = { viewport: { width: 1280, height: 900 } };

/** Opens a window, which is closed when the test ends. */
export async function openWindow(
  browser: Browser,
  url: URL,
  options: BrowserContextOptions = {},
): Promise<Window> {
  const context = await browser.newContext({ ...desktop, reducedMotion: 'reduce', ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(String(url));
  return { page, complaints };
}

/** Waits until an element contains a text. */
export async function untilText(
  page: Page,
  selector: string,
  text: string | RegExp,
  timeoutMs = TIMEOUT_MS,
): Promise<void> {
  await page.locator(selector).filter({ hasText: text }).first().waitFor({ timeout: timeoutMs });
}

/** Presses Tab until the focused element matches a selector. */
export async function tabTo(page: Page, selector: string, most = 60): Promise<void> {
  for (let pressed = 0; pressed < most; pressed++) {
    await page.keyboard.press('Tab');
    if ((await page.locator(`${selector}:focus`).count()) > 0) return;
  }
  expect.fail(`no Tab leads to ${selector}`);
}

/** Fills in the form of the open dialog, and waits until the order is shown with what it costs. */
export async function orderTickets(page: Page, customer: string, quantity = 1): Promise<void> {
  await page.fill('#customer', customer);
  await page.fill('#quantity', String(quantity));
  await page.click('dialog [type=submit]:has-text("Continue")');
  await page.locator('.review').waitFor();
}

/** The same, and buys. */
export async function buyTickets(page: Page, customer: string, quantity = 1): Promise<void> {
  await orderTickets(page, customer, quantity);
  await page.click('dialog [type=submit]:has-text("Buy now")');
  await untilText(page, '.answer[data-kind=sold]', quantity === 1 ? 'is yours' : 'are yours');
}
