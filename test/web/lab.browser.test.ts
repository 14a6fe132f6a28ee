import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { sharedServer } from '../http/shared-server.js';
import { sharedBrowser } from '../support/browser.js';
import { until } from '../support/processes.js';
import { openWindow, tabTo, untilText } from './browser-window.js';
import { expectGoodLayout } from './visual-checks.js';

const untilCards = (page: Page, count: number): Promise<void> =>
  until(`${count} runs are shown`, async () => (await page.locator('.card').count()) === count);

const browser = sharedBrowser();
const office = sharedServer({ env: { WORKERS: '2', STORE: 'ledger' } });
/** One that has a DATABASE_URL. */
const postgres = sharedServer({ env: { WORKERS: '2', STORE: 'postgres' } });

const at = (view: string) => new URL(`/#${view}`, office().url);
const untilIdle = (page: Page) => page.locator('main:not(.running)').waitFor();

test('one click breaks it and shows verdict, arrow and story', async () => {
  const { page, complaints } = await openWindow(browser(), office().url);
  await page.fill('#guess', '100');
  await page.click('.break');
  await untilCards(page, 1);
  await untilText(page, '.card.broken .ruling', /^Broken\. \d+ /);
  await untilText(page, '.guess', /Your guess was 100\. The answer is \d+\./);
  // The arrow leads from the lane of the erasing process to that of the lost update.
  expect(await page.locator('.card svg.pair .lane').count()).toBe(2);
  await page.locator('.card .arrow.erases path').waitFor();
  expect(await page.locator('.card .state.lost').textContent()).toMatch(/^wrote \d+ left$/);
  expect(await page.locator('.story li').count()).toBeGreaterThanOrEqual(3);
  expect(await page.locator('.story').textContent()).toMatch(/erased/);
  await expectGoodLayout(page, 'lab');

  // Pointing highlights a batch, and moves nothing.
  await page.setViewportSize({ width: 1280, height: 900 });
  const writing = page.locator('.card .block.highlighted.writing').first();
  const placeOfStory = () => page.locator('.story').boundingBox();
  const placeOfTables = () => page.locator('.tables').boundingBox();
  await page.mouse.move(5, 5);
  const before = [await placeOfStory(), await placeOfTables()];
  await writing.hover();
  await untilText(page, '.step-name', /writing/);
  expect([await placeOfStory(), await placeOfTables()]).toEqual(before);
  // A click shows its moment, until the next one.
  await writing.click();
  await page.mouse.move(5, 5);
  expect(await page.locator('.card .block.pinned.writing').count()).toBe(1);
  expect(await page.locator('.card .playhead').count()).toBe(1);
  // A sentence of the story leads to its moment, and so does the cause.
  await page.locator('.story button').first().click();
  await untilText(page, '.step-name', /reading/);
  await untilText(page, '.story li[aria-current]', /^[AB] read \d+ left/);
  await page.locator('.story .cause button').click();
  expect(await page.locator('.story .cause').textContent()).toMatch(
    /^Nothing kept B from reading before A had written\. With a lock, B would have waited here\.$/,
  );
  await untilText(page, '.step-name', /^B: reading/);
  expect(complaints).toEqual([]);
});

test('story, picture, file and code show the same moment while it plays', async () => {
  const { page, complaints } = await openWindow(browser(), at('lab?rung=1&windowMs=5'));
  await untilCards(page, 1);
  await page.locator('.legend li').first().waitFor();
  expect(await page.locator('.legend').textContent()).not.toContain('waiting for the lock');
  const slider = page.locator('.playback input');
  const steps = Number(await slider.getAttribute('max')) + 1;
  expect(steps).toBe(6); // both read, decide, write
  expect(await page.locator('.card .future').count()).toBe(0);

  // Whatever step is chosen, everything else says the same.
  for (let step = 0; step < steps; step++) {
    await slider.fill(String(step));
    const said = (await slider.getAttribute('aria-valuetext')) ?? '';
    const [name = '', verb = ''] = said.split(' ');
    const line = { read: 'tickets.read', sold: 'decide', wrote: 'tickets.replace' }[verb];
    await untilText(page, '.sell-code li.now', line ?? 'none');
    const lit = page.locator('.sell-code li.now').filter({ hasText: line ?? 'none' });
    expect(await lit.locator('.at').textContent()).toContain(name);
    if (verb !== 'sold') {
      const sentence = await page.locator('.story li[aria-current]').textContent();
      expect(sentence?.startsWith(`${name} ${verb}`), `${said} / ${sentence}`).toBe(true);
    }
    const later = await page.locator('.card .block.future:not(.holding)').count();
    expect(later).toBeLessThanOrEqual(steps - step - 1);
  }
  expect(await page.locator('.card .segment.file, .card .strip.file .segment.now').count()).toBe(1);

  // It plays by itself, and stops at the end.
  await page.selectOption('.speed select', '1');
  await page.click('.playback .play');
  await untilText(page, '.step-count', '2 of 6');
  await untilText(page, '.playback .play', 'Pause');
  await untilText(page, '.step-count', '6 of 6');
  await untilText(page, '.playback .play', 'Play');

  // Details are hidden until they are wanted.
  expect(await page.locator('.controls .details').isVisible()).toBe(false);
  await page.click('.controls button:has-text("Details")');
  expect(await page.locator('.controls .details').isVisible()).toBe(true);
  expect(Number(await slider.getAttribute('max'))).toBeGreaterThan(steps - 1);
  await untilText(page, '.card .ticks', 'ms');
  expect(complaints).toEqual([]);
});

test('the next rung runs beside the first, and holds', async () => {
  const { page, complaints } = await openWindow(
    browser(),
    at('lab?rung=2&buyers=60&capacity=30&windowMs=20'),
  );
  await untilCards(page, 1);
  await untilText(page, '.card.broken h2', /rung 2/);
  await page.click('.actions button:has-text("one rung up")');
  await untilCards(page, 2);
  await untilText(page, '.card.holds .ruling', /^Holds\./);
  expect(await page.locator('.card h2').allTextContents()).toEqual([
    expect.stringContaining('rung 2'),
    expect.stringContaining('rung 3'),
  ]);
  expect(page.url()).toContain('then=3');
  await page.locator('.card.holds .arrow.sees path').waitFor();
  await untilText(page, '.actions', /Rung 4/);
  await expectGoodLayout(page, 'rungs');
  expect(complaints).toEqual([]);
});

test('a scenario shows its runs side by side', async () => {
  const { page, complaints } = await openWindow(browser(), office().url);
  await page.click('.choice:has-text("Three tickets, ten buyers")');
  await untilCards(page, 2);
  await untilIdle(page);
  expect(await page.locator('.card h2').allTextContents()).toEqual([
    expect.stringContaining('no lock'),
    expect.stringContaining('a lock'),
  ]);
  // On a busy machine ten buyers may not race at all.
  const [without, locked] = await page.locator('.ruling strong').allTextContents();
  expect(without).not.toBe('Holds.');
  expect(locked).toBe('Holds.');
  expect(await page.locator('.actions a').getAttribute('href')).toMatch(
    /^#lab\?scenario=three-tickets&run=/,
  );
  // The lesson stands above the runs, and what they show together below.
  await untilText(page, '.lesson', 'Between the check and the taking');
  await untilText(page, '.compared', /^Buyers told "sold": no lock \d+ · a lock 3$/);
  expect(complaints).toEqual([]);
});

test('a custom setting runs, and a link repeats it', async () => {
  const first = await openWindow(browser(), office().url);
  await first.page.selectOption('#lab-lockMode', 'kernel');
  await first.page.fill('#lab-buyers', '30');
  await first.page.fill('#lab-capacity', '20');
  await first.page.click('.custom [type=submit]');
  await untilCards(first.page, 1);
  const sold = '.card.holds .figures.main .figure-toldSold dd';
  await untilText(first.page, sold, /^20$/);
  const link = (await first.page.locator('.actions a').getAttribute('href')) ?? '';
  expect(link).toContain('lockMode=kernel');
  const second = await openWindow(browser(), at(link.slice(1)));
  await untilCards(second.page, 1);
  await untilText(second.page, sold, /^20$/);
  // The form starts with the setting of the link.
  expect(await second.page.locator('#lab-lockMode').inputValue()).toBe('kernel');
  expect(await second.page.locator('#lab-buyers').inputValue()).toBe('30');

  // The link is for others: clicking it copies it.
  await first.page.click('.actions a');
  await untilText(first.page, '.actions [role=status]', /copied|address bar/);
  // Going back shows the run again, and runs nothing.
  let started = 0;
  first.page.on('request', (request) => {
    if (request.method() === 'POST') started++;
  });
  await first.page.click('nav a:has-text("Workers")');
  await untilText(first.page, '.workers', 'worker-1');
  await first.page.goBack();
  await untilCards(first.page, 1);
  await untilText(first.page, sold, /^20$/);
  await first.page.goBack();
  await untilCards(first.page, 0);
  expect(started).toBe(0);
  expect([...first.complaints, ...second.complaints]).toEqual([]);
});

test('a stopped experiment leaves the focus at its message', async () => {
  const { page, complaints } = await openWindow(browser(), office().url);
  await untilText(page, '.start .setting', 'buyers');
  await page.locator('.choice').last().click(); // far below its progress
  const stop = page.locator('.progress button');
  await stop.waitFor();
  const place = await stop.evaluate((button) => {
    const { top, bottom } = button.getBoundingClientRect();
    return { top, bottom, height: innerHeight };
  });
  expect(place.top).toBeGreaterThanOrEqual(0);
  expect(place.bottom).toBeLessThanOrEqual(place.height);
  await stop.focus();
  await page.keyboard.press('Enter');
  await untilText(page, '.progress', 'Stopped.');
  expect(await page.evaluate('document.activeElement.className')).toBe('progress');
  expect(complaints).toEqual([]);
});

test('PostgreSQL with a database: breaks without a lock, holds on rung 8', async () => {
  const { page, complaints } = await openWindow(browser(), postgres().url);
  await page.selectOption('#lab-store', 'postgres');
  const modes = page.locator('#lab-lockMode option');
  expect(await modes.allTextContents()).toEqual(['off', 'row', 'optimistic']);
  expect(await page.locator('#lab-lockMode').inputValue()).toBe('row');
  await page.selectOption('#lab-lockMode', 'off');
  await page.fill('#lab-buyers', '40');
  await page.fill('#lab-windowMs', '5');
  await page.click('.custom [type=submit]');
  await untilCards(page, 1);
  await untilText(page, '.card.broken .ruling', /^Broken\./);
  await page.locator('.card .arrow.erases path').waitFor();
  await untilIdle(page);
  await page.click('.choice:has-text("PostgreSQL")');
  await untilText(page, '.card.holds h2', /rung 8/);
  await untilText(page, '.card.holds .ruling', /^Holds\./);
  expect(complaints).toEqual([]);
});

test('PostgreSQL without a database: says why it cannot run', async () => {
  const { page, complaints } = await openWindow(browser(), office().url);
  const rung = page.locator('.choice:has-text("PostgreSQL")');
  await untilText(page, '.choice', 'Not available here: DATABASE_URL is not set.');
  expect(await rung.isDisabled()).toBe(true);
  expect(await page.locator('.choice:has-text("the ledger, no lock")').isEnabled()).toBe(true);
  expect(await page.locator('#lab-store option[value=postgres]').isDisabled()).toBe(true);
  expect(complaints).toEqual([]);
});

test('keyboard alone: break it, follow the arrow, zoom in', async () => {
  const { page, complaints } = await openWindow(browser(), office().url);
  await untilText(page, '.start .setting', 'buyers');
  await tabTo(page, '.break');
  await page.keyboard.press('Enter');
  await untilCards(page, 1);
  await tabTo(page, '.stage');
  const name = page.locator('.step-panel .step-name');
  const blocks = page.locator('.card .block');
  const playhead = page.locator('.card .playhead');

  // Every step is reached, and announced in words.
  const announced: (string | null)[] = [];
  for (let step = 0; step < 6; step++) {
    await page.keyboard.press(']');
    announced.push(await page.locator('.announcer').textContent());
    expect(await page.locator('.step-panel dd').count()).toBe(2);
  }
  const verbs = announced.map((text) => text?.split(' ')[1]);
  expect(verbs.toSorted()).toEqual(['read', 'read', 'sold', 'sold', 'wrote', 'wrote']);
  expect(announced.at(-1)).toMatch(/^[AB] wrote \d+ left, and erased what [AB] had written$/);
  const last = await name.textContent();
  await page.keyboard.press('[');
  expect(await name.textContent()).not.toBe(last);
  expect(await playhead.count()).toBe(1);
  await page.keyboard.press('Escape');
  expect(await playhead.count()).toBe(0);

  const ofPair = await blocks.count();
  await page.keyboard.press('w');
  const ofAll = await blocks.count();
  expect(ofAll).toBeGreaterThan(ofPair);
  await page.keyboard.press('f');
  expect(await name.textContent()).toMatch(/reading/);
  for (let zoomed = 0; zoomed < 8; zoomed++) await page.keyboard.press('+');
  expect(await blocks.count()).toBeLessThan(ofAll);
  await page.keyboard.press('0');
  expect(await blocks.count()).toBe(ofAll);

  await page.keyboard.press('?');
  await untilText(page, 'dialog.help[open]', 'Timeline keyboard shortcuts');
  await page.keyboard.press('Escape');
  await tabTo(page, '.steps summary');
  await page.keyboard.press('Enter');
  expect(await page.locator('.steps tbody tr').count()).toBeGreaterThan(5);
  await tabTo(page, '.batches summary');
  await page.keyboard.press('Enter');
  await page.locator('.batches tbody tr').first().waitFor();
  expect(await page.locator('.batches tbody tr').count()).toBeGreaterThan(100);
  expect(complaints).toEqual([]);
});
