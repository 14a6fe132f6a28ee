import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { until } from '../support/processes.js';
import type { TestServer } from '../support/test-server.js';
import { openWindow, untilText } from './browser-window.js';

type Office = () => TestServer;

const SOLD = '.answer[data-kind=sold]';
const card = (id: string): string => `[data-event="${id}"]`;

/** Presses Enter, and once more when the first press has had its effect. */
async function pressTwice(page: Page, effect: () => Promise<unknown>): Promise<void> {
  await page.keyboard.press('Enter');
  await effect();
  await page.keyboard.press('Enter');
}

/** Holds Enter long enough for many purchases. */
async function hold(page: Page): Promise<void> {
  for (let repeat = 0; repeat < 60; repeat++) {
    await page.keyboard.down('Enter'); // without `up` in between, the browser sees a repetition
    await page.waitForTimeout(20);
  }
  await page.keyboard.up('Enter');
}

/** One purchase at a time, and one for each decision. */
export function purchaseTests(browser: () => Browser, office: Office): void {
  async function openDialog() {
    const before = await office().remaining('gala');
    const { page } = await openWindow(browser(), new URL('/#box-office', office().url));
    await page.click(`${card('gala')} button`);
    await page.fill('#customer', 'Ada');
    let requests = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/buy')) requests++;
    });
    const sold = async () => before - (await office().remaining('gala'));
    return { page, sold, requests: () => requests };
  }

  test('Enter twice buys once', async () => {
    const { page, sold, requests } = await openDialog();
    await pressTwice(page, () => untilText(page, SOLD, /is yours/));
    await page.keyboard.press('Enter');
    // Requests are answered in their order, so another purchase would have been counted by now.
    expect([await sold(), requests()]).toEqual([1, 1]);
  });

  test('Enter held buys once, also from the button of the card', async () => {
    const { page, sold, requests } = await openDialog();
    await hold(page);
    await untilText(page, SOLD, /is yours/);
    expect([await sold(), requests()]).toEqual([1, 1]);
    await page.keyboard.press('Escape');
    await page.focus(`${card('gala')} button`);
    await hold(page); // opens the dialog, in which the name is filled in
    expect(await page.locator('dialog.purchase[open] [type=submit]').count()).toBe(1);
    expect([await sold(), requests()]).toEqual([1, 1]);
  });

  test('negative control: a form without the guard is sent at every press', async () => {
    const { page } = await openWindow(browser(), new URL('/#box-office', office().url));
    const sent = () => page.evaluate('window.sent');
    await page.evaluate(`{
      window.sent = 0;
      const form = document.createElement('form');
      form.append(document.createElement('input'), document.createElement('button'));
      form.addEventListener('submit', (event) => { event.preventDefault(); window.sent++; });
      document.body.append(form);
      form.firstChild.focus();
    }`);
    await pressTwice(page, () => until('it was sent', async () => (await sent()) === 1));
    expect(await sent()).toBe(2);
    await hold(page);
    expect(await sent()).toBeGreaterThan(10);
  });

  test('a double click buys once', async () => {
    const { page, sold, requests } = await openDialog();
    await page.dblclick('dialog [type=submit]', { delay: 60 });
    await untilText(page, SOLD, /is yours/);
    await page.locator(SOLD).click({ clickCount: 2 });
    expect([await sold(), requests()]).toEqual([1, 1]);
  });

  test('buying more takes another decision', async () => {
    const { page, sold } = await openDialog();
    await page.keyboard.press('Enter');
    await untilText(page, SOLD, /is yours/);
    expect(await page.locator('dialog.purchase [type=submit]').count()).toBe(0);
    await page.click('dialog button:has-text("Buy more")');
    expect(await sold()).toBe(1);
    await page.fill('#quantity', '2');
    await page.keyboard.press('Enter');
    await untilText(page, SOLD, /are yours/);
    expect(await sold()).toBe(3);
  });

  test('a card whose purchase has no answer yet sells no other, and keeps its order', async () => {
    const { page, sold, requests } = await openDialog();
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/buy', async (route) => {
      await answered;
      await route.continue();
    });
    await page.keyboard.press('Enter');
    await untilText(page, '.answer', 'Waiting');
    await page.keyboard.press('Escape');
    await page.click(`${card('gala')} button`);
    await untilText(page, '.answer', 'Waiting');
    expect(await page.locator('dialog [type=submit]').isDisabled()).toBe(true);
    await page.keyboard.press('Enter');
    // Another card is free, and the answer is not shown there.
    await page.keyboard.press('Escape');
    await page.click(`${card('opera')} button`);
    expect(await page.locator('dialog [type=submit]').isEnabled()).toBe(true);
    answer();
    await untilText(page, '.order-event', 'The Gala');
    expect(await page.locator('dialog .answer').textContent()).toBe('');
    expect([await sold(), requests()]).toEqual([1, 1]);
  });
}
