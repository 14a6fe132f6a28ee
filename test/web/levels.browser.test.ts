import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { levels } from '../../src/lab/stepping/levels.js';
import { type Move, parseMoves } from '../../src/lab/stepping/moves.js';
import { sharedServer } from '../http/shared-server.js';
import { sharedBrowser } from '../support/browser.js';
import { until } from '../support/processes.js';
import { isRunning } from '../support/test-server.js';
import { openWindow, tabTo, untilText } from './browser-window.js';
import { accessibilityViolations, expectGoodLayout } from './visual-checks.js';

/** Two processes start, which takes a while on a busy machine; and a lease lasts 3 s. */
const WAIT_MS = 60_000;

const browser = sharedBrowser();
const office = sharedServer({ env: { WORKERS: '2' } });

/** Opens a view. At the end of the test its page is left, so that the next one finds a free lab. */
async function open(view: string, options = {}) {
  const window = await openWindow(browser(), new URL(`/#${view}`, office().url), options);
  const { page, complaints } = window;
  onTestFinished(async () => {
    await page.goto('about:blank').catch(() => {}); // a page that is closed has left already
  });
  // On a busy machine the lab may be busy for a moment with the run that was just ended.
  return { page, complaints: () => complaints.filter((each) => !each.includes('503')) };
}

const card = (name: string): string => `.process[data-process="${name}"]`;
const isReady = '.level-stage[aria-busy="false"]';
const untilReady = (page: Page) => page.locator(isReady).waitFor({ timeout: WAIT_MS });

type Hand = 'mouse' | 'keyboard';

/** Makes a move as a learner does. A process that waits for a lock is waited for. */
async function make(page: Page, move: Move, hand: Hand): Promise<void> {
  if (move.action === 'quit') return;
  const { action, name } = move;
  const process = page.locator(card(name));
  const untilNot = (state: string) =>
    page.locator(`${card(name)}:not([data-state="${state}"])`).waitFor({ timeout: WAIT_MS });
  if (action === 'step' && (await process.getAttribute('data-state')) === 'waiting') {
    return untilNot('waiting');
  }
  const words = { step: '', stop: 'Stop', continue: 'Continue', kill: 'Kill' };
  const button =
    action === 'step'
      ? process.locator('.step[aria-disabled="false"]')
      : process.locator(`button[aria-disabled="false"]:has-text("${words[action]}")`);
  if (hand === 'mouse') {
    await button.click();
  } else if (action === 'step') {
    await button.waitFor();
    await page.keyboard.press(name.toLowerCase());
  } else {
    await button.focus();
    await page.keyboard.press('Enter');
  }
  await untilReady(page);
  await untilNot('running');
}

/** Plays a level by clicks and keys in turn. */
async function play(page: Page, moves: string): Promise<void> {
  await untilReady(page);
  for (const [index, move] of parseMoves(moves).entries()) {
    await make(page, move, index % 2 === 0 ? 'mouse' : 'keyboard');
  }
}

const untilPhase = (page: Page, phase: string) =>
  page.locator(`.outcome[data-phase="${phase}"]`).waitFor({ timeout: WAIT_MS });

const focused = (page: Page) => page.evaluate('document.activeElement.tagName');

/** The processes of the level that is shown. */
async function pidsOf(page: Page): Promise<number[]> {
  await untilReady(page);
  const texts = await page.locator('.process .pid').allTextContents();
  const pids = texts.map((text) => Number(/\d+/.exec(text)?.[0]));
  expect(pids.filter((pid) => isRunning(pid))).toHaveLength(2);
  return pids;
}

const untilGone = (pids: readonly number[]) =>
  until('no process is left', () => !pids.some((pid) => isRunning(pid)), WAIT_MS);

test('every level is won by clicks and keys or, if it cannot be won, says why', {
  timeout: levels.length * WAIT_MS,
}, async () => {
  const { page, complaints } = await open('levels?level=1');
  for (const { level, variant, title, lesson, solution } of levels) {
    const name = variant === undefined ? `Level ${level}` : `Level ${level}, ${variant}`;
    await untilText(page, 'h1', `${name}: ${title}`);
    await play(page, solution ?? 'a b');
    if (solution === undefined) {
      await page.click('button:has-text("Give up")');
      await untilPhase(page, 'gaveUp');
      await untilText(page, '.outcome', 'No order of steps does it.');
    } else {
      await untilPhase(page, 'won');
      await untilText(page, '.goal-state', 'Goal reached.');
    }
    await untilText(page, '.outcome .lesson', lesson);
    expect(await focused(page), name).not.toBe('BODY');
    await page.click('.actions a.button');
  }
  // The last one leads to the list, which has the results.
  await page.locator('.level-list').waitFor();
  const cannotBeWon = levels.filter(({ solution }) => solution === undefined).length;
  expect(await page.locator('.result.explained').count()).toBe(cannotBeWon);
  expect(await page.locator('.result.won').count()).toBe(levels.length - cannotBeWon);
  expect(complaints()).toEqual([]);
});

test('level 1 is won by keyboard alone, and each step is announced', async () => {
  const { page, complaints } = await open('lab');
  await untilText(page, '.start .setting', 'buyers');
  await tabTo(page, '.first-level a');
  await page.keyboard.press('Enter');
  await untilText(page, 'h1', 'Level 1: No lock');
  await untilReady(page);
  await untilText(page, '.announcer', 'A and B are ready.');
  await tabTo(page, `${card('A')} .step`);
  await page.keyboard.press('Enter');
  await untilText(page, '.announcer', 'A read: 1 ticket left, next: decide.');
  await untilText(page, '.code li[data-at="A"]', 'decide(before, commands');
  await untilText(page, '.code li[data-at="B"]', 'tickets.read()');
  const keys = ['b', '1', '2', 'A', 'B', 'a', 'b'];
  for (const [index, key] of keys.entries()) {
    await untilReady(page);
    if (index === keys.length - 1) await page.focus('.level-strip a >> nth=3');
    await page.keyboard.press(key);
    const made = page.locator('.history .process-name');
    await until('the step is made', async () => (await made.count()) === index + 2, WAIT_MS);
    expect(await focused(page)).not.toBe('BODY');
    if (key !== 'A') continue;
    // What A wrote stays marked until the next step, however often the page looks meanwhile.
    await untilReady(page);
    await page.evaluate('window.written = document.querySelector(".says.changed")');
    await sleep(1_000);
    expect(await page.evaluate('written !== null && written.isConnected')).toBe(true);
  }
  await untilPhase(page, 'won');
  expect(await page.evaluate('document.activeElement.hash')).toBe('#levels?level=4');
  await untilText(page, '.announcer', 'The goal is reached.');
  await untilText(
    page,
    '.verdict-so-far',
    'Verdict: broken, 2 tickets were sold, and there was 1.',
  );
  await untilText(page, '.told.oversold', '2');
  await tabTo(page, '.actions a.button');
  await page.keyboard.press('Enter');
  await untilText(page, 'h1', 'Level 2');
  expect(complaints()).toEqual([]);
});

test('a level that was not won can be given up or started over', async () => {
  const { page, complaints } = await open('levels?level=2');
  await play(page, 'a a a a b b b b');
  await untilText(page, '.outcome[data-phase="over"]', 'the goal is not reached');
  await page.locator('button:has-text("Give up")').focus();
  await page.keyboard.press('Enter');
  await untilText(page, '.solution', 'A, B, A, B');
  expect(await page.evaluate('document.activeElement.className')).toBe('outcome');
  await page.click('button:has-text("Start over")');
  await untilText(page, '.history', 'Nothing yet');
  await play(page, 'a');
  expect(await page.locator('.history .process-name').count()).toBe(1);
  await page.click('nav a:has-text("Levels")');
  await page.locator('.level-list').waitFor();
  expect(await page.locator('.result').count()).toBe(0);
  expect(complaints()).toEqual([]);
});

test('a waiting process says so, and its button keeps the focus', async () => {
  const { page } = await open('levels?level=4');
  await play(page, 'a');
  await page.focus(`${card('B')} .step`);
  await page.keyboard.press('Enter');
  await untilText(page, `${card('B')} .step`, 'waits for the lock');
  for (const key of ['Enter', 'b']) await page.keyboard.press(key); // they do nothing
  await untilText(page, `${card('A')} .process-facts`, 'the lock');
  expect(await page.locator(`${card('B')} .step:focus`).count()).toBe(1);
  expect(await page.locator('.history .process-name').count()).toBe(2);
});

test('a run that is gone says so, and can be started over', async () => {
  const { page } = await open('levels');
  const begun = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.click('.start-level a');
  const { id } = (await (await begun).json()) as { id: string };
  await untilReady(page);
  await office().fetch(`/lab/runs/${id}`, { method: 'DELETE' });
  await untilText(page, '.outcome[data-phase="gone"]', 'This run has ended', WAIT_MS);
  expect(await page.locator('.step[aria-disabled="false"]').count()).toBe(0);
  await page.click('button:has-text("Start over")');
  await play(page, 'a');
});

test('of two pages, the second is told that the lab is busy until the first is left', async () => {
  const first = await open('levels?level=1');
  await untilReady(first.page);
  const second = await open('levels?level=3');
  await untilText(second.page, '.outcome', 'Another experiment is running', WAIT_MS);
  expect(await second.page.locator('.process').first().isVisible()).toBe(false);
  await first.page.close({ runBeforeUnload: true });
  await second.page.click('button:has-text("Start over")');
  await play(second.page, 'a');
  await untilText(second.page, `${card('A')} .step`, 'read');
});

test.each<[string, (page: Page) => Promise<unknown>]>([
  ['closed', (page) => page.close({ runBeforeUnload: true })],
  ['loaded again', (page) => page.reload()],
  ['left for another view', (page) => page.click('nav a:has-text("Workers")')],
])('the run ends when its page is %s, also with a stopped process', async (_how, leave) => {
  const { page } = await open('levels?level=5');
  const pids = await pidsOf(page);
  await play(page, 'a a stop a b');
  await leave(page);
  await untilGone(pids);
});

test('the list survives a damaged storage', async () => {
  const { page, complaints } = await open('levels');
  await page.evaluate("localStorage.setItem('turnstile.levels', '{')");
  await page.reload();
  await untilText(page, '.start-level a', 'Level 1: No lock');
  expect(await page.locator('.level-list li').count()).toBe(levels.length);
  await page.evaluate("location.hash = '#levels?level=99'");
  await untilText(page, '.lead', 'There is no such level.');
  expect(complaints()).toEqual([]);
});

const narrow = { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true };

test('the views are accessible, and fit a phone', async () => {
  const { page } = await open('levels', narrow);
  await page.locator('.level-list').waitFor();
  await expectFits(page);
  // Its lock is never taken over from a stopped holder, however long the machine takes to look.
  await page.click('.level-list a:has-text("A kernel lock, and its holder is stopped")');
  await play(page, 'a a stop a b');
  await untilText(page, `${card('B')} .step`, 'waits for the lock');
  await expectFits(page);
  await expectGoodLayout(page, 'level');
  await page.click('button:has-text("Give up")');
  await untilPhase(page, 'gaveUp');
  await page.setViewportSize(narrow.viewport);
  await expectFits(page);
  expect(await accessibilityViolations(page)).toEqual([]);
});

/** Nothing is wider than the screen, and everything that is touched is large enough. */
async function expectFits(page: Page): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  const small = `[...document.querySelectorAll('main :is(a, button)')]
    .filter((each) => each.checkVisibility())
    .filter((each) => each.getBoundingClientRect().height < 44 || each.getBoundingClientRect().width < 44)
    .map(({ textContent }) => textContent)`;
  expect(await page.evaluate(small)).toEqual([]);
}
