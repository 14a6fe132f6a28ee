import type { Browser } from 'playwright-core';
import { expect, test } from 'vitest';
import { TestServer } from '../support/office.js';
import { until } from '../support/processes.js';
import { openWindow, tabTo, untilText } from './window.js';

type Office = () => TestServer;

const card = (id: string): string => `[data-event="${id}"]`;
const at = (office: TestServer, view: string): URL => new URL(`/#${view}`, office.url);

/** Chromium complains of every status from 400 on; that of a refused buy is as it should be. */
const refusal = (status: number): RegExp => new RegExp(`status of ${status} `);

/** What an office does with whichever store. */
export function sellingTests(browser: () => Browser, office: Office): void {
  test('a sale in one window makes the count fall in another, and is kept', async () => {
    const url = at(office(), 'box-office');
    const [buyer, watcher] = [await openWindow(browser(), url), await openWindow(browser(), url)];
    await untilText(watcher.page, '.live.on', 'Live');
    const left = Number(await watcher.page.locator(`${card('gala')} .count`).textContent());

    const { page } = buyer;
    await page.click(`${card('gala')} button`);
    await page.fill('#customer', 'Ada');
    await page.fill('#quantity', '2');
    await page.click('dialog [type=submit]');
    await untilText(page, '.answer[data-kind=sold]', /Tickets number \d+ to \d+ are yours/);

    await untilText(watcher.page, `${card('gala')} .count`, String(left - 2));
    await untilText(page, `${card('gala')} .count`, String(left - 2));

    await page.reload();
    await page.click('.orders button:has-text("Check")');
    await untilText(page, '.confirmed', 'The office confirms it.');
    expect(await watcher.page.locator('.orders').textContent()).toContain(
      'Nothing bought here yet',
    );
    expect([...buyer.complaints, ...watcher.complaints]).toEqual([]);
  });

  test('the search finds by name, and shows what can be bought', async () => {
    const { page, complaints } = await openWindow(browser(), at(office(), 'box-office'));
    await untilText(page, card('gone'), 'Sold out');
    await page.fill('#q', 'opera');
    await until('one is left', async () => (await page.locator('.event').count()) === 1);
    await page.fill('#q', '');
    await page.check('#available');
    await until('the sold-out one is gone', async () => {
      const [all, soldCount] = [page.locator('.event'), page.locator(card('gone'))];
      return (await all.count()) > 1 && (await soldCount.count()) === 0;
    });
    await page.fill('#q', 'nothing like it');
    await untilText(page, '.events', 'No event is like that.');
    expect(complaints).toEqual([]);
  });

  test('too many asked for: says how many are left, and that nothing was sold', async () => {
    const { page, complaints } = await openWindow(browser(), at(office(), 'box-office'));
    await page.click(`${card('few')} button`);
    await page.fill('#customer', 'Ada');
    await page.fill('#quantity', '3');
    await page.click('dialog [type=submit]');
    await untilText(page, '.answer', 'You asked for 3, and 2 are left. Nothing was sold to you.');
    expect(complaints).toEqual([expect.stringMatching(refusal(409))]);
  });

  test('tickets are bought by keyboard alone', async () => {
    const { page, complaints } = await openWindow(browser(), at(office(), 'box-office'));
    await untilText(page, card('gala'), 'left');
    await tabTo(page, '.search input');
    await page.keyboard.type('gala');
    await until('one is left', async () => (await page.locator('.event').count()) === 1);
    await tabTo(page, `${card('gala')} button`);
    await page.keyboard.press('Enter');
    await page.keyboard.type('Ada');
    await page.keyboard.press('Enter');
    await untilText(page, '.answer[data-kind=sold]', /is yours/);
    await page.keyboard.press('Escape');
    await until('the focus is back', async () =>
      Boolean(await page.locator(`${card('gala')} button:focus`).count()),
    );
    expect(complaints).toEqual([]);
  });

  test('a window whose worker is gone goes on with another', async () => {
    const { page } = await openWindow(browser(), at(office(), 'box-office'));
    await untilText(page, '.live.on', 'Live');
    const pids = (await office().workers()).map(({ pid }) => pid);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await untilText(page, '.live:not(.on)', 'trying again');
    await office().untilAllLive(...pids);
    await untilText(page, '.live.on', 'Live');
    const left = Number(await page.locator(`${card('gala')} .count`).textContent());
    await office().buy({ eventId: 'gala', customer: 'Ada' });
    await untilText(page, `${card('gala')} .count`, String(left - 1));
  });

  test('the workers are those that sell, and one that ends is replaced', async () => {
    const { page, complaints } = await openWindow(browser(), at(office(), 'workers'));
    const [first] = await office().workers();
    await untilText(page, '.workers td', String(first?.pid));
    process.kill(first?.pid ?? 0, 'SIGKILL');
    await untilText(page, '.workers tr', /SIGKILL/);
    await until('another process is there', async () => {
      const results = await page.locator('.workers').textContent();
      return results?.includes('alive') === true && !results.includes(String(first?.pid));
    });
    // A question may have been on its way to the one that was killed.
    expect(complaints.filter((each) => !each.includes('net::ERR'))).toEqual([]);
  });
}

/** What an office does that remembers keys. */
export function keyTests(browser: () => Browser, office: Office): void {
  test('an answer that is lost: unknown, and asking again sells no second ticket', async () => {
    const { page } = await openWindow(browser(), at(office(), 'box-office'));
    let lost = 0;
    await page.route('**/buy', async (route) => {
      if (lost++ > 0) return route.continue();
      await route.fetch(); // the office sells; the answer is lost on its way back
      return route.abort();
    });
    const before = await office().remaining('gala');
    await page.click(`${card('gala')} button`);
    await page.fill('#customer', 'Grace');
    await page.click('dialog [type=submit]');
    await untilText(page, '.answer[data-kind=unknown]', 'the same key is sold only once');
    await untilText(page, '.orders', 'Unknown');
    await page.click('dialog [type=submit]:has-text("Ask again")');
    await untilText(page, '.answer[data-kind=sold]', /is yours/);
    await untilText(page, '.order-tickets', /^Ticket \d+$/);
    expect(await page.locator('.orders li').count()).toBe(1);
    expect(lost).toBe(2);
    expect(await office().remaining('gala')).toBe(before - 1);
  });
}

/** What an office does that chains its commits. */
export function chainTests(browser: () => Browser, office: Office, whySkipped: string): void {
  test('the ledger shows the newest commits, and marks what does not count', async () => {
    const { page, complaints } = await openWindow(browser(), at(office(), 'ledger'));
    await office().buy({ eventId: 'gala', customer: 'Ada', quantity: 2 });
    await untilText(page, '.chain .counts', /gala: \d+ to \d+/);
    await office().writeInVain();
    await office().buy({ eventId: 'gala', customer: 'Ada' });
    await untilText(page, '.chain .skipped', 'Skipped');
    const [recentCommits, skipped] = await page.locator('.chain li').allTextContents();
    expect(recentCommits).toMatch(/Commit \d+/);
    expect(skipped).toContain(whySkipped);
    // The chain goes on, past what was skipped.
    expect(await page.locator('.chain li').first().getAttribute('class')).toContain('linked');
    expect(complaints).toEqual([]);
  });
}

/** What an office does whose events have a chain each. */
export function apartTests(browser: () => Browser, office: Office): void {
  test('commits of two events are not shown as one chain', async () => {
    for (const eventId of ['opera', 'opera', 'gala'])
      await office().buy({ eventId, customer: 'Ada' });
    const { page } = await openWindow(browser(), at(office(), 'ledger'));
    await untilText(page, '.chain .counts', /opera: \d+/);
    const links = await page
      .locator('.chain li')
      .evaluateAll((items) => items.map(({ className }) => className));
    expect(links.slice(0, 2)).toEqual(['counts', 'counts linked']);
  });
}

/** What is the same with every store, or has no other. */
export function jsonTests(browser: () => Browser, office: Office): void {
  test('too many at once: says that it is busy, and sells at the next try', async () => {
    const office = await TestServer.startForTest({
      env: { WORKERS: '1', QUEUE_MAX: '1', BATCH_MAX: '1', RACE_WINDOW_MS: '1500' },
    });
    const { page, complaints } = await openWindow(browser(), at(office, 'box-office'));
    await page.click(`${card('city-derby')} button`);
    await page.fill('#customer', 'Ada');
    const others = Array.from({ length: 3 }, () =>
      office.buy({ eventId: 'city-derby', customer: 'another' }),
    );
    // The last of them is refused as soon as the others fill the place that there is.
    await Promise.any(others.map(async (each) => (await each).status === 503 || Promise.reject()));
    await page.click('dialog [type=submit]');
    await untilText(page, '.answer[data-kind=busy]', 'nothing was sold');
    await Promise.all(others);
    await page.click('dialog [type=submit]:has-text("Try again")');
    await untilText(page, '.answer[data-kind=sold]', /is yours/);
    expect(complaints).toEqual([expect.stringMatching(refusal(503))]);
  });

  test('an office without a ledger says how to have one', async () => {
    const { page, complaints } = await openWindow(browser(), at(office(), 'ledger'));
    await untilText(page, 'pre', 'STORE=ledger');
    expect(complaints).toEqual([]);
  });
}
