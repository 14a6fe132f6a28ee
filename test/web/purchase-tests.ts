import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { until } from '../support/processes.js';
import type { TestServer } from '../support/test-server.js';
import { buyTickets, openWindow, orderTickets, untilText } from './browser-window.js';

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
    let [holds, requests] = [0, 0];
    page.on('request', (request) => {
      if (/\/holds$/.test(request.url())) holds++;
      if (/\/(buy|confirm)$/.test(request.url())) requests++;
    });
    const sold = async () => before - (await office().remaining('gala'));
    return { page, sold, holds: () => holds, requests: () => requests };
  }

  test('Enter twice holds once, and buys nothing', async () => {
    const { page, sold, holds, requests } = await openDialog();
    await pressTwice(page, () => page.locator('.review').waitFor());
    await page.keyboard.press('Enter');
    // The hold takes one off sale. Requests are answered in their order, so a sale would be counted too.
    expect([await sold(), holds(), requests()]).toEqual([1, 1, 0]);
  });

  test('Enter after a sale buys nothing more', async () => {
    const { page, sold, requests } = await openDialog();
    await orderTickets(page, 'Ada');
    await page.focus('dialog [type=submit]');
    await pressTwice(page, () => untilText(page, SOLD, /is yours/));
    await page.locator('.receipt img').waitFor();
    await page.keyboard.press('Enter');
    expect([await sold(), requests()]).toEqual([1, 1]);
  });

  test('Enter held buys nothing, also from the button of the card', async () => {
    const { page, sold, holds, requests } = await openDialog();
    await hold(page);
    await page.locator('.review').waitFor();
    expect([holds(), requests()]).toEqual([1, 0]);
    await page.keyboard.press('Escape');
    await until('the hold is released', async () => (await sold()) === 0);
    await page.focus(`${card('gala')} button`);
    await hold(page); // opens the dialog, in which the name is filled in
    expect(await page.locator('dialog.purchase[open] [type=submit]').count()).toBe(1);
    expect([holds(), requests()]).toEqual([1, 0]);
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
    await page.locator('.review').waitFor();
    expect(requests()).toBe(0);
    await page.dblclick('dialog [type=submit]', { delay: 60 });
    await untilText(page, SOLD, /is yours/);
    await page.locator(SOLD).click({ clickCount: 2 });
    expect([await sold(), requests()]).toEqual([1, 1]);
  });

  test('buying more takes another decision', async () => {
    const { page, sold } = await openDialog();
    await buyTickets(page, 'Ada');
    await page.locator('.receipt').waitFor();
    expect(await page.locator('dialog.purchase [type=submit]').count()).toBe(0);
    await page.click('dialog button:has-text("Buy more")');
    expect(await sold()).toBe(1);
    await buyTickets(page, 'Ada', 2);
    expect(await sold()).toBe(3);
  });

  test('a card whose purchase has no answer yet sells no other, and keeps its order', async () => {
    const { page, sold, requests } = await openDialog();
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await orderTickets(page, 'Ada');
    await page.route('**/confirm', async (route) => {
      await answered;
      await route.continue();
    });
    await page.click('dialog [type=submit]');
    await untilText(page, '.answer', 'Buying');
    await page.keyboard.press('Escape');
    await page.click(`${card('gala')} button`);
    await untilText(page, '.answer', 'Buying');
    expect(await page.locator('dialog [type=submit]').isDisabled()).toBe(true);
    await page.keyboard.press('Enter');
    // Another card is free, and the answer is not shown there.
    await page.keyboard.press('Escape');
    await page.click(`${card('opera')} button`);
    expect(await page.locator('dialog [type=submit]').isEnabled()).toBe(true);
    answer();
    await untilText(page, '.order-tickets', /^Ticket \d/);
    expect(await page.locator('dialog .answer').textContent()).toBe('');
    expect([await sold(), requests()]).toEqual([1, 1]);
  });
}
