import type { Browser } from 'playwright-core';
import { expect, test } from 'vitest';
import { until } from '../support/processes.js';
import { TestServer } from '../support/test-server.js';
import { buyTickets, openWindow, orderTickets, untilText } from './browser-window.js';
import { expectGoodLayout } from './visual-checks.js';

type Office = () => TestServer;

const card = (id: string): string => `[data-event="${id}"]`;
const at = (office: TestServer, view = 'box-office'): URL => new URL(`/#${view}`, office.url);

/** Tickets that are held, bought, shown and cancelled, where the store remembers keys. */
export function orderTests(browser: () => Browser, office: Office): void {
  test('tickets are held while their buyer orders, and released when the form is closed', async () => {
    const before = await office().remaining('gala');
    const { page } = await openWindow(browser(), at(office()));
    await page.click(`${card('gala')} button`);
    await orderTickets(page, 'Ada', 3);
    await untilText(page, '.countdown', /Held for you: \d+:\d\d/);
    await expectGoodLayout(page, 'review');
    expect(await office().remaining('gala')).toBe(before - 3);
    await page.click('dialog button:has-text("Back")');
    await until('they are back', async () => (await office().remaining('gala')) === before);
    expect(await page.inputValue('#quantity')).toBe('3');
    await orderTickets(page, 'Ada', 2);
    await page.keyboard.press('Escape');
    await until('they are back', async () => (await office().remaining('gala')) === before);
  });

  test('held tickets are released when the page is closed', async () => {
    const before = await office().remaining('gala');
    const { page } = await openWindow(browser(), at(office()));
    await page.click(`${card('gala')} button`);
    await orderTickets(page, 'Ada');
    expect(await office().remaining('gala')).toBe(before - 1);
    await page.close({ runBeforeUnload: true });
    await until('it is back', async () => (await office().remaining('gala')) === before);
  });

  test('the receipt has a code for each ticket; a cancelled order is asked once', async () => {
    const before = await office().remaining('gala');
    const { page, complaints } = await openWindow(browser(), at(office()));
    await page.click(`${card('gala')} button`);
    await buyTickets(page, 'Ada', 2);
    const receipt = page.locator('.receipt');
    await receipt.locator('img').nth(1).waitFor();
    expect(await receipt.locator('.tickets li').count()).toBe(2);
    const widths = "[...document.querySelectorAll('.tickets img')].map((img) => img.naturalWidth)";
    await until('the codes are drawn', async () =>
      ((await page.evaluate(widths)) as number[]).every((width) => width > 0),
    );
    expect(await receipt.textContent()).toContain('€20.00');
    await expectGoodLayout(page, 'receipt');
    await receipt.locator('button:has-text("Cancel order")').click();
    expect(await office().remaining('gala')).toBe(before - 2);
    await page.click('button:has-text("Keep it")');
    await receipt.locator('button:has-text("Cancel order")').click();
    await page.click('button:has-text("Yes, cancel it")');
    await untilText(page, '.receipt', 'Cancelled');
    expect(await receipt.locator('img').count()).toBe(0);
    expect(await office().remaining('gala')).toBe(before);
    await page.click('dialog button:has-text("Done")');
    await page.reload();
    await untilText(page, '.order-status', 'Cancelled');
    expect(complaints).toEqual([]);
  });

  test('an order with a used ticket cannot be cancelled, and says so', async () => {
    const { page } = await openWindow(browser(), at(office()));
    await page.click(`${card('gala')} button`);
    await buyTickets(page, 'Ada', 2);
    const code = await page.locator('.tickets code').first().textContent();
    await page.keyboard.press('Escape');
    await untilText(page, '.order-status', 'Valid');
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ code });
    const { status } = await office().fetch('/admissions', { method: 'POST', headers, body });
    expect(status).toBe(201);
    await page.click('.orders button:has-text("Cancel order")');
    await page.click('.orders button:has-text("Yes, cancel it")');
    await untilText(page, '.cancel-answer', /Ticket \d+ was used at \d\d:\d\d, operator/);
    await page.reload();
    await untilText(page, '.order-status', '1 of 2 used');
  });

  test('the address of an event opens its form; one that is unknown says so', async () => {
    const { page } = await openWindow(browser(), at(office(), 'box-office?event=opera'));
    await untilText(page, 'dialog[open] h2', 'An Opera');
    await page.keyboard.press('Escape');
    await until('the address is that of the box office', () => page.url().endsWith('#box-office'));
    await page.click(`${card('gala')} h2 a`);
    await untilText(page, 'dialog[open] h2', 'The Gala');
    expect(page.url()).toMatch(/#box-office\?event=gala$/);
    const other = await openWindow(browser(), at(office(), 'box-office?event=nothing'));
    await untilText(other.page, '.error', 'There is no such event here');
  });

  test('a sale opens by itself, and one that ended is closed', async () => {
    const event = {
      name: 'Opens Soon',
      venue: 'Hall',
      startsAt: '2027-02-01T20:00:00+01:00',
      price: { amount: 1000, currency: 'EUR' },
      capacity: 10,
    };
    const save = async (id: string, times: object, condition: object, expected: number) => {
      const headers = { 'content-type': 'application/json', ...condition };
      const body = JSON.stringify({ ...event, ...times });
      const { status } = await office().fetch(`/events/${id}`, { method: 'PUT', headers, body });
      expect(status).toBe(expected);
    };
    const salesFromIn = (ms: number) => ({ salesFrom: new Date(Date.now() + ms).toISOString() });
    await save('soon', salesFromIn(3_600_000), { 'if-none-match': '*' }, 201);
    await save('over', { salesUntil: '2026-01-01T00:00:00Z' }, { 'if-none-match': '*' }, 201);
    const { page } = await openWindow(browser(), at(office()));
    await untilText(page, `${card('over')} .what`, 'The sale ended on');
    await untilText(page, `${card('over')} button`, 'Closed');
    await untilText(page, `${card('soon')} .what`, 'On sale from');
    expect(await page.locator(`${card('soon')} button`).isDisabled()).toBe(true);
    await save('soon', salesFromIn(4_000), { 'if-match': '"1"' }, 200);
    await page.locator(`${card('soon')} button:enabled`).waitFor();
    await page.click(`${card('soon')} button`);
    await buyTickets(page, 'Ada');
  });

  test('buyers read no words of locks and processes', async () => {
    const { page } = await openWindow(browser(), at(office()));
    await page.click(`${card('gala')} button`);
    await buyTickets(page, 'Ada');
    const words = await page.locator('main').innerText();
    expect(words).not.toMatch(/\b(lock|process|pid|worker)/i);
  });
}

/** What goes wrong at a counter. */
export function counterTests(browser: () => Browser, office: Office): void {
  test('a sale that completes after its view was left is in My orders', async () => {
    const { page } = await openWindow(browser(), at(office()));
    await page.click(`${card('gala')} button`);
    await orderTickets(page, 'Ada');
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/confirm', async (route) => {
      await answered;
      await route.continue();
    });
    await page.click('dialog [type=submit]');
    await page.keyboard.press('Escape');
    await page.click('nav a:has-text("Workers")');
    await page.click('nav a:has-text("Box office")');
    await untilText(page, '.order-tickets', 'Unknown');
    answer();
    await untilText(page, '.order-tickets', /^Ticket \d/);
  });

  test('an order whose page was closed before the answer can be asked for again', async () => {
    const before = await office().remaining('gala');
    const { page } = await openWindow(browser(), at(office()));
    await page.click(`${card('gala')} button`);
    await orderTickets(page, 'Ada');
    let sent = 0;
    await page.route('**/confirm', async (route) => {
      if (sent++ > 0) return route.continue();
      await route.fetch(); // the office sells, and the answer finds nobody
      await page.reload();
    });
    await page.click('dialog [type=submit]');
    await untilText(page, '.order-tickets', 'Unknown');
    await untilText(page, 'dialog [type=submit]', 'Continue'); // the address opens the form again
    await page.keyboard.press('Escape');
    await page.click('.orders button:has-text("Ask again")');
    await untilText(page, '.order-tickets', /^Ticket \d/);
    expect(await office().remaining('gala')).toBe(before - 1);
  });

  test.each([
    ['no object', 'null'],
    ['no serials', '{"orderId":"x"}'],
    ['a name that is none', '{"orderId":"x","serials":[1],"eventName":{},"key":1}'],
    [
      'no date',
      '{"eventId":"gala","eventName":"G","customer":"A","quantity":1,"serials":[1],"at":"2026","startsAt":"soon"}',
    ],
  ])('a stored order with %s is left out, and the others are shown', async (_what, damaged) => {
    const { page, complaints } = await openWindow(browser(), at(office(), 'workers'));
    const good = `{"eventId":"gala","eventName":"Good","customer":"A","quantity":1,"serials":[1],"at":"2026"}`;
    const stored = JSON.stringify(`[${damaged},${good}]`);
    await page.evaluate(`localStorage.setItem('turnstile.orders', ${stored})`);
    await page.click('nav a:has-text("Box office")');
    await untilText(page, card('gala'), 'left');
    expect(await page.locator('.order-event').allTextContents()).toEqual(['Good']);
    expect(complaints).toEqual([]);
  });

  test('a second window shows the order at once', async () => {
    const { page } = await openWindow(browser(), at(office()));
    const second = await page.context().newPage();
    await second.goto(String(at(office())));
    await untilText(second, '.orders', 'No orders yet');
    await page.click(`${card('gala')} button`);
    await buyTickets(page, 'Ada');
    await untilText(second, '.order-tickets', /^Ticket \d/);
  });

  test('a name of spaces gets a sentence, and is not sent', async () => {
    const { page, complaints } = await openWindow(browser(), at(office()));
    await page.click(`${card('gala')} button`);
    await page.fill('#customer', '   ');
    await page.click('dialog [type=submit]');
    await untilText(page, '.answer', 'Please enter your name');
    expect(complaints).toEqual([]);
  });

  test.each([1280, 360])('long names and many tickets fit, %i pixels wide', async (width) => {
    const viewport = { width, height: 800 };
    const { page } = await openWindow(browser(), at(office()), { viewport });
    await untilText(page, card('long'), '50,000,000');
    await page.click(`${card('long')} button`);
    await orderTickets(page, 'A'.repeat(128));
    const tooWide = `[document.documentElement, ...document.querySelectorAll('[data-event=long] *, dialog')]
      .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
      .map(({ tagName, className }) => tagName + '.' + className)`;
    expect(await page.evaluate(tooWide)).toEqual([]);
    // Negative control: without breaks inside a word, they do not fit.
    await page.evaluate(`{
      document.querySelector('[data-event=long] .what').style.setProperty('overflow-wrap', 'normal');
    }`);
    expect(await page.evaluate(tooWide)).not.toEqual([]);
  });

  test('an order that the office does not have is shown as a fault', async () => {
    const { page } = await openWindow(browser(), at(office(), 'workers'));
    await page.evaluate(`localStorage.setItem('turnstile.orders', JSON.stringify([{
      orderId: 'nope', eventId: 'gala', eventName: 'G', customer: 'A', quantity: 1, serials: [1], at: '2026',
    }]))`);
    await page.click('nav a:has-text("Box office")');
    await untilText(page, '.order-status[data-kind=missing]', 'The office has no such order.');
    const color = (name: string) =>
      page.evaluate(`{
        const probe = document.createElement('i');
        probe.style.setProperty('color', 'var(${name})');
        document.body.append(probe);
        getComputedStyle(probe).color;
      }`);
    const shown = await page
      .locator('.order-status')
      .evaluate((element) => getComputedStyle(element).color);
    expect(shown).toBe(await color('--bad'));
    expect(shown).not.toBe(await color('--good'));
  });

  test('a forgotten order can be brought back', async () => {
    const { page } = await openWindow(browser(), at(office()));
    await page.click(`${card('gala')} button`);
    await buyTickets(page, 'Ada');
    await page.keyboard.press('Escape');
    const stored = () => page.evaluate("localStorage.getItem('turnstile.orders')");
    const before = await stored();
    await page.click('.orders button:has-text("Forget")');
    expect(await stored()).toBe('[]');
    await page.keyboard.press('Enter'); // the focus is on Undo
    await untilText(page, '.order-tickets', /^Ticket \d/);
    expect(await stored()).toBe(before);
  });
}

/** Where the store remembers no keys, nothing is held. */
export function plainBuyTests(browser: () => Browser): void {
  test('without keys tickets are bought without a hold', async () => {
    const office = await TestServer.startForTest({ env: { WORKERS: '1', LOCK_MODE: 'off' } });
    const { page } = await openWindow(browser(), at(office));
    await page.click(`${card('city-derby')} button`);
    await orderTickets(page, 'Ada');
    expect(await page.locator('.countdown').count()).toBe(0);
    await page.click('dialog [type=submit]:has-text("Buy now")');
    await untilText(page, '.answer[data-kind=sold]', 'is yours');
    await page.locator('.receipt img').waitFor();
  });

  test('tickets whose time is over are on sale again, and the buyer may start again', async () => {
    const office = await TestServer.startForTest({ env: { WORKERS: '1', HOLD_SECONDS: '6' } });
    const before = await office.remaining('city-derby');
    const { page } = await openWindow(browser(), at(office));
    await page.click(`${card('city-derby')} button`);
    await orderTickets(page, 'Ada');
    await untilText(page, '.answer[data-kind=expired]', 'The time is over');
    await until('it is back', async () => (await office.remaining('city-derby')) === before);
    await page.click('dialog [type=submit]:has-text("Continue")');
    await page.locator('.review').waitFor();
  });
}
