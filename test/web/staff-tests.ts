import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { TestServer } from '../support/test-server.js';
import { openWindow, untilText, type Window } from './browser-window.js';
import { expectGoodLayout } from './visual-checks.js';

type Office = () => TestServer;

const TOKEN = 'a-token-of-some-length';
/** With a proxy in front of it, no request comes from this machine. */
const proxied = { 'x-forwarded-for': '203.0.113.7' };
const asOperator = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };

const at = (office: TestServer, view: string): URL => new URL(`/#${view}`, office.url);

async function json<Answer>(office: TestServer, path: string, init?: RequestInit): Promise<Answer> {
  const response = await office.fetch(path, { headers: asOperator, ...init });
  return (await response.json()) as Answer;
}

async function put(office: TestServer, id: string, changes: object): Promise<void> {
  type Saved = { revision: number; id: string; remaining: number };
  const { revision, id: _, remaining: __, ...event } = await json<Saved>(office, `/events/${id}`);
  const headers = { ...asOperator, 'if-match': `"${revision}"` };
  const body = JSON.stringify({ ...event, ...changes });
  const { status } = await office.fetch(`/events/${id}`, { method: 'PUT', headers, body });
  expect(status).toBe(200);
}

/** The codes of the tickets of a new order. */
async function ticketCodes(office: TestServer, customer: string, quantity = 1): Promise<string[]> {
  const answer = await office.buy({ eventId: 'gala', customer, quantity });
  const { orderId } = (await answer.json()) as { orderId: string };
  type Order = { tickets: { code: string }[] };
  const { tickets } = await json<Order>(office, `/orders/${orderId}`);
  return tickets.map(({ code }) => code);
}

export function sellTests(browser: () => Browser, office: Office): void {
  async function openSell(): Promise<Window> {
    const window = await openWindow(browser(), at(office(), 'sell'), { extraHTTPHeaders: proxied });
    await window.page.fill('#admin-token', TOKEN);
    await window.page.click('form [type=submit]');
    await window.page.locator('[data-row=gala]').waitFor();
    return window;
  }

  test('asks for the token once, and says when it is wrong', async () => {
    const { page } = await openWindow(browser(), at(office(), 'sell'), {
      extraHTTPHeaders: proxied,
    });
    await page.fill('#admin-token', 'not-the-admin-token');
    await page.click('form [type=submit]');
    await untilText(page, '.error', 'This is not the admin token.');
    await page.fill('#admin-token', TOKEN);
    await page.click('form [type=submit]');
    await page.locator('[data-row=gala]').waitFor();
    await page.reload();
    await page.locator('[data-row=gala]').waitFor();
    expect(await page.evaluate('localStorage.length')).toBe(0);
    await page.click('button:has-text("Forget the token")');
    await page.locator('#admin-token').waitFor();
  });

  test('creates an event, shows its sales and its buyers, and is accessible', async () => {
    const { page } = await openSell();
    await page.click('button:has-text("New event")');
    await page.fill('#event-name', 'Été à Paris');
    await page.fill('#event-venue', 'Olympia');
    await page.fill('#event-startsAt', '2027-05-01T20:00');
    await page.fill('#event-offset', '+02:00');
    await page.fill('#event-price', '12.50');
    await page.fill('#event-capacity', '');
    await page.click('.editor [type=submit]');
    await untilText(page, '.editor .answer', 'how many tickets');
    await page.fill('#event-capacity', '50');
    await expectGoodLayout(page, 'editor');
    await page.click('.editor [type=submit]');
    await untilText(page, '[data-row=ete-a-paris]', '€12.50');
    const { status } = await office().buy({ eventId: 'ete-a-paris', customer: 'Zoé', quantity: 2 });
    expect(status).toBe(201);
    await untilText(page, '[data-row=ete-a-paris] [data-label=Sold]', '2');
    await page.click('[data-row=ete-a-paris] button:has-text("Orders")');
    await untilText(page, 'section tbody tr.valid', 'Zoé');
    expect(await page.locator('tr.valid').count()).toBe(1);
    await untilText(page, '.verdict-line', 'Holds');
    await expectGoodLayout(page, 'sell');
  });

  test('says what the webhook was told, if there is one', async () => {
    const { page } = await openSell();
    expect(await page.locator('[data-outbox]').isVisible()).toBe(false);
    const status = { webhook: 'on', delivered: 1_234, undelivered: 0, parkedCount: 2 };
    await page.route('**/outbox', (route) => route.fulfill({ json: status }));
    await untilText(page, '[data-outbox]', '1,234 delivered, 2 given up');
  });

  test('the orders are saved as a file', async () => {
    await office().buy({ eventId: 'gala', customer: '=1+1' });
    const { page } = await openSell();
    const downloading = page.waitForEvent('download');
    await page.click('button:has-text("Download as CSV")');
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('orders.csv');
    const text = readFileSync(await download.path(), 'utf8');
    expect(text).toMatch(/^orderId,eventId,customer/);
    expect(text).toContain("'=1+1");
  });

  test('of two editors the second sees the clash, and overwrites nothing', async () => {
    const { page } = await openSell();
    await page.click('[data-row=gala] button:has-text("Change")');
    await page.fill('#event-name', 'The Great Gala');
    await put(office(), 'gala', { venue: 'Another Hall' });
    await page.click('.editor [type=submit]');
    await untilText(page, '.clash', 'Another Hall');
    const saved = () => json<{ name: string; venue: string }>(office(), '/events/gala');
    expect(await saved()).toMatchObject({ name: 'The Gala', venue: 'Another Hall' });
    await page.click('button:has-text("Keep my changes")');
    expect(await page.inputValue('#event-venue')).toBe('Another Hall');
    await page.click('.editor [type=submit]');
    await page.locator('.editor[open]').waitFor({ state: 'detached' });
    expect(await saved()).toMatchObject({ name: 'The Great Gala', venue: 'Another Hall' });
    await put(office(), 'gala', { name: 'The Gala' });
  });

  test('fewer tickets than are sold, and a sold event, stay as they are', async () => {
    await office().buy({ eventId: 'gala', customer: 'Ada' });
    const { page } = await openSell();
    await page.click('[data-row=gala] button:has-text("Change")');
    await page.fill('#event-capacity', '0');
    await page.click('.editor [type=submit]');
    await untilText(page, '.editor .answer', /\d+ tickets are sold or held/);
    await page.click('button:has-text("Remove event")');
    await page.click('button:has-text("Yes, remove it")');
    await untilText(page, '.editor .answer', 'It cannot be removed');
    expect(await json(office(), '/events/gala')).toMatchObject({ capacity: 100 });
  });
}

export function doorTests(browser: () => Browser, office: Office): void {
  const newCode = async () => (await json<{ code: string }>(office(), '/doors/code')).code;

  async function pair(name: string, options = {}): Promise<Window> {
    const window = await openWindow(browser(), at(office(), 'door'), {
      extraHTTPHeaders: proxied,
      ...options,
    });
    await window.page.fill('#door-name', name);
    await window.page.fill('#door-code', await newCode());
    await window.page.click('form [type=submit]');
    await window.page.locator('#ticket-code').waitFor();
    return window;
  }

  async function scan(page: Page, code: string): Promise<void> {
    await page.fill('#ticket-code', code);
    await page.keyboard.press('Enter');
  }

  test('a wrong code pairs nothing; the code of now does', async () => {
    const { page } = await openWindow(browser(), at(office(), 'door'), {
      extraHTTPHeaders: proxied,
    });
    await expectGoodLayout(page, 'pairing');
    await page.fill('#door-name', '  ');
    await page.fill('#door-code', '00000000');
    await page.click('form [type=submit]');
    await untilText(page, '.error', 'give the door a name');
    await page.fill('#door-name', 'Door 1');
    await page.click('form [type=submit]');
    await untilText(page, '.error', 'not the code of now');
    await page.fill('#door-code', (await newCode()).replace(/(....)/, '$1 '));
    await page.click('form [type=submit]');
    await untilText(page, 'h1', 'Door 1');
    await page.reload();
    await untilText(page, 'h1', 'Door 1');
  });

  test('green once, then red with when and which door', async () => {
    const [first, second] = [await pair('Door 1'), await pair('Door 2')];
    const [code = ''] = await ticketCodes(office(), 'Grace Hopper');
    await scan(second.page, code.toLowerCase());
    await untilText(second.page, '.admission[data-kind=admitted]', 'Grace Hopper');
    await untilText(second.page, '.admission', /Ticket \d+, The Gala/);
    await expectGoodLayout(second.page, 'admitted');
    await scan(first.page, code);
    await untilText(first.page, '.admission[data-kind=refused]', /since \d\d:\d\d, Door 2/);
    await expectGoodLayout(first.page, 'already-in');
    await scan(first.page, 'XXXX-1-AAAAAAA-AAAAAAA');
    await untilText(first.page, '.admission[data-kind=refused]', 'No such ticket');
  });

  test('without a connection nobody is admitted, and asking again admits one person', async () => {
    const { page } = await pair('Door 3');
    const [code = ''] = await ticketCodes(office(), 'Ada');
    await page.route('**/admissions', async (route) => {
      await route.fetch(); // the office admits, and the answer is lost
      await route.abort();
    });
    await scan(page, code);
    await untilText(page, '.admission[data-kind=offline]', 'Check it before you admit its owner');
    await page.unroute('**/admissions');
    await page.click('button:has-text("Try again")');
    await untilText(page, '.admission[data-kind=admitted]', 'Ada');
    // Negative control: a scan of its own is another admission.
    await scan(page, code);
    await untilText(page, '.admission[data-kind=refused]', 'Door 3');
    await page.context().setOffline(true);
    await untilText(page, '.door > .error', 'No connection');
  });

  test('a door whose token is not valid pairs again', async () => {
    const { page } = await pair('Door 4');
    await page.evaluate(`{
      const key = 'turnstile.door';
      const stored = JSON.parse(localStorage.getItem(key));
      localStorage.setItem(key, JSON.stringify({ ...stored, token: stored.token.slice(0, -2) + 'zz' }));
    }`);
    await page.reload();
    await scan(page, 'XXXX-1-AAAAAAA-AAAAAAA');
    await untilText(page, '.error', 'not paired any more');
  });

  test('the camera reads the code of a ticket', async () => {
    const { page, complaints } = await pair('Door 5');
    const [code = ''] = await ticketCodes(office(), 'Alan');
    // In place of the camera: a picture of the ticket, as large as on a phone.
    await page.evaluate(`(async () => {
      const image = new Image();
      image.src = '/tickets/${code}.svg';
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [640, 480];
      const context = canvas.getContext('2d');
      setInterval(() => {
        context.fillStyle = '#777';
        context.fillRect(0, 0, 640, 480);
        context.drawImage(image, 170, 90, 300, 300);
      }, 50);
      navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(20);
    })()`);
    let sent = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/admissions')) sent++;
    });
    await page.click('button:has-text("Scan with the camera")');
    await untilText(page, '.admission[data-kind=admitted]', 'Alan');
    await page.waitForTimeout(1_000); // the code stays in front of the camera, and is sent once
    await page.click('button:has-text("Camera off")');
    expect(sent).toBe(1);
    expect(await page.locator('.admission[data-kind=admitted]').count()).toBe(1);
    // The lab is closed to this client, and the page asks.
    expect(complaints.filter((each) => !each.includes('status of 403 '))).toEqual([]);
  });

  test('a camera that is not allowed is explained', async () => {
    const { page } = await pair('Door 6');
    await page.evaluate(`navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException('no', 'NotAllowedError'))`);
    await page.click('button:has-text("Scan with the camera")');
    await untilText(page, '.door .note', 'The camera cannot be used');
  });
}

export function closedLabTests(browser: () => Browser): void {
  test.each([
    ['off', 'Experiments are switched off here. Start with LAB=on to allow them.'],
    ['auto', 'start the server with LAB=on'],
  ])('where the lab is closed (%s), / opens the box office', async (LAB, why) => {
    const office = await TestServer.startForTest({ env: { WORKERS: '1', LAB } });
    // `auto` is closed to what comes through a proxy.
    const options = { extraHTTPHeaders: proxied };
    const { page } = await openWindow(browser(), office.url, options);
    await page.locator('.event').first().waitFor();
    expect(await page.locator('h1').textContent()).toBe('Box office');
    expect(await page.locator('a[href="#lab"]').count()).toBe(0);
    await page.click('.staff a:has-text("Door")');
    await page.locator('#door-code').waitFor();
    await page.click('.brand');
    await page.locator('.event').first().waitFor();
    await page.goto(String(new URL('/#lab', office.url)));
    await untilText(page, 'h1', 'Box office');
    expect(await page.locator('a[href="#levels"]').count()).toBe(0);
    await page.goto(String(new URL('/#levels?level=1', office.url)));
    await untilText(page, '.error', why);
  });

  test('negative control: where it is open, / opens the lab', async () => {
    const office = await TestServer.startForTest({ env: { WORKERS: '1' } });
    const { page } = await openWindow(browser(), office.url);
    await page.locator('.choice').first().waitFor();
    expect(await page.locator('nav a[href="#lab"]').count()).toBe(1);
  });
}

/** The server of these tests: requests through the proxy are those of other machines. */
export const staffEnv = { WORKERS: '1', ADMIN_TOKEN: TOKEN };
