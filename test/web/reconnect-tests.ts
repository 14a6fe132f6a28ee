import type { Browser } from 'playwright-core';
import { expect, test } from 'vitest';
import type { TestServer } from '../support/test-server.js';
import { openWindow, untilText } from './browser-window.js';

const gala = '[data-event="gala"]';

/** What the page does when the server answers that it cannot answer now. */
export function reconnectTests(browser: () => Browser, office: () => TestServer): void {
  test('the counts are live again after the stream was refused twice', async () => {
    const { page } = await openWindow(browser(), office().url);
    let requests = 0;
    await page.route('**/stream', (route) =>
      ++requests <= 2 ? route.fulfill({ status: 503, body: '{}' }) : route.continue(),
    );
    await page.click('nav a:has-text("Box office")');
    await untilText(page, '.live:not(.on)', 'Reconnecting');
    await untilText(page, '.live.on', 'Live');
    expect(requests).toBe(3);
    await office().buy({ eventId: 'gala', customer: 'Ada' });
    await untilText(page, `${gala} .count`, String(await office().remaining('gala')));
  });

  test('negative control: a browser never repeats such a stream by itself', async () => {
    const { page } = await openWindow(browser(), office().url);
    await page.route('**/stream', (route) => route.fulfill({ status: 503, body: '{}' }));
    const state = await page.evaluate(`new Promise((resolve) => {
      const source = new EventSource('/stream');
      source.onerror = () => resolve(source.readyState);
    })`);
    expect(state).toBe(2); // EventSource.CLOSED
  });

  test.each(['box-office', 'ledger', 'lab'])('%s loads after a 503', async (view) => {
    const { page } = await openWindow(browser(), new URL('/livez', office().url));
    let requests = 0;
    await page.route(/\/(search|lab\/scenarios)(\?|$)/, (route) =>
      ++requests <= 4 ? route.fulfill({ status: 503, body: '{}' }) : route.continue(),
    );
    await page.goto(String(new URL(`/#${view}`, office().url)));
    await untilText(page, '.error', '503');
    const loaded = { 'box-office': gala, ledger: 'pre', lab: '.choice' }[view] ?? view;
    await page.locator(loaded).first().waitFor();
    await page.locator('.error:not(:empty)').waitFor({ state: 'detached' });
  });
}
