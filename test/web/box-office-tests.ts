import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { expect, test } from 'vitest';
import { until } from '../support/processes.js';
import { TestServer } from '../support/test-server.js';
import { buyTickets, openWindow, orderTickets, tabTo, untilText } from './browser-window.js';

type Office = () => TestServer;

const card = (id: string): string => `[data-event="${id}"]`;
const at = (office: TestServer, view: string): URL => new URL(`/#${view}`, office.url);

/** Chromium logs every status from 400 on; that of a refused buy is expected. */
const loggedStatus = (status: number): RegExp => new RegExp(`status of ${status} `);

/** The behaviour with every store. */
export function sellingTests(browser: () => Browser, office: Office): void {
  test('a sale in one window updates the count in another and is stored', async () => {
    const url = at(office(), 'box-office');
    const [buyer, watcher] = [await openWindow(browser(), url), await openWindow(browser(), url)];
    await untilText(watcher.page, '.live.on', 'Live');
    const remaining = await office().remaining('gala');
    await untilText(watcher.page, `${card('gala')} .count`, String(remaining));

    const { page } = buyer;
    await page.click(`${card('gala')} button`);
    await buyTickets(page, 'Ada', 2);
    await untilText(page, '.answer[data-kind=sold]', /Tickets number \d+ to \d+ are yours/);

    await untilText(watcher.page, `${card('gala')} .count`, String(remaining - 2));
    await untilText(page, `${card('gala')} .count`, String(remaining - 2));

    await page.reload();
    await untilText(page, '.order-status', 'Valid');
    expect(await watcher.page.locator('.orders').textContent()).toContain('No orders yet');
    expect([...buyer.complaints, ...watcher.complaints]).toEqual([]);
  });

  test('searches by name and for available events', async () => {
    const { page, complaints } = await openWindow(browser(), at(office(), 'box-office'));
    await untilText(page, card('sold-out'), 'Sold out');
    await page.fill('#q', 'opera');
    await until('one event is listed', async () => (await page.locator('.event').count()) === 1);
    await page.fill('#q', '');
    await page.check('#available');
    await until('the sold-out event is hidden', async () => {
      const [all, soldOut] = [page.locator('.event'), page.locator(card('sold-out'))];
      return (await all.count()) > 1 && (await soldOut.count()) === 0;
    });
    await page.fill('#q', 'nothing like it');
    await untilText(page, '.events', 'No events match.');
    expect(complaints).toEqual([]);
  });

  test('a buy of too many tickets says how many are left and that nothing was sold', async () => {
    const { page, complaints } = await openWindow(browser(), at(office(), 'box-office'));
    await page.click(`${card('few')} button`);
    await page.fill('#customer', 'Ada');
    await page.fill('#quantity', '3');
    await page.click('dialog [type=submit]');
    await untilText(
      page,
      '.answer',
      'You asked for 3, but only 2 are left. Nothing was sold to you.',
    );
    expect(complaints).toEqual([expect.stringMatching(loggedStatus(409))]);
  });

  test('tickets can be bought with the keyboard alone', async () => {
    const { page, complaints } = await openWindow(browser(), at(office(), 'box-office'));
    await untilText(page, card('gala'), 'left');
    await tabTo(page, '.search input');
    await page.keyboard.type('gala');
    await until('one event is listed', async () => (await page.locator('.event').count()) === 1);
    await tabTo(page, `${card('gala')} button`);
    await page.keyboard.press('Enter');
    await page.keyboard.type('Ada');
    await page.keyboard.press('Enter');
    await untilText(page, '.review', 'Held for you');
    await tabTo(page, 'dialog [type=submit]');
    await page.keyboard.press('Enter');
    await untilText(page, '.answer[data-kind=sold]', /is yours/);
    await page.keyboard.press('Escape');
    await until('the focus is back', async () =>
      Boolean(await page.locator(`${card('gala')} button:focus`).count()),
    );
    expect(complaints).toEqual([]);
  });

  test('a window whose worker was killed reconnects to another worker', async () => {
    const { page } = await openWindow(browser(), at(office(), 'box-office'));
    await untilText(page, '.live.on', 'Live');
    const pids = (await office().workers()).map(({ pid }) => pid);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await untilText(page, '.live:not(.on)', 'Reconnecting');
    await office().untilAllLive(...pids);
    await untilText(page, '.live.on', 'Live');
    await office().buy({ eventId: 'gala', customer: 'Ada' });
    const remaining = await office().remaining('gala');
    await untilText(page, `${card('gala')} .count`, String(remaining));
  });

  test('lists the workers, and replaces one that exits', async () => {
    const { page, complaints } = await openWindow(browser(), at(office(), 'workers'));
    const [first] = await office().workers();
    await untilText(page, '.workers td', String(first?.pid));
    process.kill(first?.pid ?? 0, 'SIGKILL');
    await untilText(page, '.workers tr', /SIGKILL/);
    await until('another process is listed', async () => {
      const text = await page.locator('.workers').textContent();
      return text?.includes('alive') === true && !text.includes(String(first?.pid));
    });
    // A request may have been on its way to the killed worker.
    expect(complaints.filter((each) => !each.includes('net::ERR'))).toEqual([]);
  });

  test('shows a stopped worker as silent, and goes on when its own connection was to that one', async () => {
    const { page } = await openWindow(browser(), at(office(), 'workers'));
    // A test before this one killed workers, and a worker that starts is not silent.
    await office().untilAllLive();
    const workers = await office().workers();
    await untilText(page, '.workers td', String(workers[0]?.pid));
    const state = (name: string) => `.workers tr:has-text("${name}") .state`;
    // One after the other: the page has a connection to one of them.
    for (const { pid, name } of workers) {
      process.kill(pid, 'SIGSTOP');
      try {
        await untilText(page, state(name), 'silent');
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      await untilText(page, state(name), 'alive');
    }
  });
}

/** The behaviour with stores that support idempotency keys. */
export function idempotencyTests(browser: () => Browser, office: Office): void {
  test('a lost answer is shown as unknown, and asking again sells no second ticket', async () => {
    const { page } = await openWindow(browser(), at(office(), 'box-office'));
    let lost = 0;
    await page.route('**/confirm', async (route) => {
      if (lost++ > 0) return route.continue();
      await route.fetch(); // the office sells, and the answer is lost
      return route.abort();
    });
    const before = await office().remaining('gala');
    await page.click(`${card('gala')} button`);
    await orderTickets(page, 'Grace');
    await page.click('dialog [type=submit]');
    await untilText(page, '.answer[data-kind=unknown]', 'a key is sold only once');
    await untilText(page, '.orders', 'Unknown');
    await page.click('dialog [type=submit]:has-text("Ask again")');
    await untilText(page, '.answer[data-kind=sold]', /is yours/);
    await untilText(page, '.order-tickets', /^Ticket \d+/);
    expect(await page.locator('.orders li').count()).toBe(1);
    expect(lost).toBe(2);
    expect(await office().remaining('gala')).toBe(before - 1);
  });
}

/** The behaviour with stores that have a ledger. */
export function ledgerTests(browser: () => Browser, office: Office, whySkipped: string): void {
  test('the ledger shows the newest commits and marks lines that do not count', async () => {
    const { page, complaints } = await openWindow(browser(), at(office(), 'ledger'));
    await office().buy({ eventId: 'gala', customer: 'Ada', quantity: 2 });
    await untilText(page, '.chain .counts', /gala: \d+ to \d+/);
    await office().appendUncounted();
    await office().buy({ eventId: 'gala', customer: 'Ada' });
    await untilText(page, '.chain .skipped', 'Skipped');
    const [newest, skipped] = await page.locator('.chain li').allTextContents();
    expect(newest).toMatch(/Commit \d+/);
    expect(skipped).toContain(whySkipped);
    // The chain continues past the skipped line.
    expect(await page.locator('.chain li').first().getAttribute('class')).toContain('linked');
    expect(complaints).toEqual([]);
  });
}

/** The behaviour with a store that has a chain per event. */
export function separateChainsTests(browser: () => Browser, office: Office): void {
  test('does not link commits of two events', async () => {
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

/** Behaviour that is the same with every store, or is of the json store only. */
export function jsonStoreTests(browser: () => Browser, office: Office): void {
  test('an overloaded office is shown as busy, and a retry succeeds', async () => {
    const office = await TestServer.startForTest({
      env: { WORKERS: '1', QUEUE_MAX: '1', BATCH_MAX: '1', RACE_WINDOW_MS: '1500' },
    });
    const { page, complaints } = await openWindow(browser(), at(office, 'box-office'));
    await page.click(`${card('city-derby')} button`);
    await page.fill('#customer', 'Ada');
    // Others buy again and again, so that the queue stays full until the page was rejected.
    let isOver = false;
    let rejected = 0;
    const others = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        const answer = await office.buy({ eventId: 'city-derby', customer: 'another' });
        if (answer.status === 503) rejected++;
        await sleep(5); // a rejection comes at once
      }
    });
    await until('the queue is full', () => rejected > 0);
    await page.click('dialog [type=submit]');
    await untilText(page, '.answer[data-kind=busy]', 'Nothing was sold').finally(() => {
      isOver = true;
    });
    await Promise.all(others);
    await page.click('dialog [type=submit]:has-text("Try again")');
    await page.click('dialog [type=submit]:has-text("Buy now")');
    await untilText(page, '.answer[data-kind=sold]', /is yours/);
    expect(complaints).toEqual([expect.stringMatching(loggedStatus(503))]);
  });

  test('what an event says from right to left stands so, and nothing else does', async () => {
    const { page, complaints } = await openWindow(browser(), at(office(), 'box-office'));
    const directionOf = (selector: string) =>
      page.locator(selector).evaluate((element) => getComputedStyle(element).direction);
    await untilText(page, card('shirim'), 'ערב של שירים');
    expect(await directionOf(`${card('shirim')} h2`)).toBe('rtl');
    expect(await directionOf(`${card('shirim')} p:has-text("היכל")`)).toBe('rtl');
    expect(await directionOf(`${card('gala')} h2`)).toBe('ltr');
    await page.click(`${card('shirim')} button`);
    expect(await directionOf('#purchase-title')).toBe('rtl');
    expect(await directionOf('dialog bdi')).toBe('rtl');
    expect(await directionOf('dialog p:has(> bdi)')).toBe('ltr'); // its date and its price
    expect(complaints).toEqual([]);
  });

  test.each(['America/New_York', 'Asia/Baghdad'])(
    'a reader in %s sees the local time and the price in full',
    async (timezoneId) => {
      const url = at(office(), 'box-office');
      const { page, complaints } = await openWindow(browser(), url, { timezoneId });
      await untilText(page, `${card('dinar')} time`, 'Sun, Mar 8, 2026, 02:30');
      const price = await page.locator(`${card('dinar')} .price`).textContent();
      expect(price).toMatch(/^IQD\s150\.000/);
      // Negative control: parsed in the reader's time zone, it may be another hour.
      const hour = await page.evaluate("new Date('2026-03-08T02:30:00').getHours()");
      expect(hour).toBe(timezoneId === 'America/New_York' ? 3 : 2);
      expect(complaints).toEqual([]);
    },
  );

  test('the ledger view of a json store says how to start a ledger', async () => {
    const { page, complaints } = await openWindow(browser(), at(office(), 'ledger'));
    await untilText(page, 'pre', 'STORE=ledger');
    expect(complaints).toEqual([]);
  });
}
