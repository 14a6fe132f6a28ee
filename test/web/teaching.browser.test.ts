import { readFileSync } from 'node:fs';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { ladder } from '../../src/lab/ladder.js';
import type { LabRequest } from '../../src/timeline/lab-request.js';
import type { Run } from '../../src/timeline/report.js';
import { sharedServer } from '../http/shared-server.js';
import { sharedBrowser } from '../support/browser.js';
import { until } from '../support/processes.js';
import { exampleRun } from '../timeline/example-run.js';
import { holdingRun } from '../timeline/holding-run.js';
import { openWindow, untilText } from './browser-window.js';
import { mockLab } from './mocked-lab.js';
import { accessibilityViolations } from './visual-checks.js';

const browser = sharedBrowser();
const office = sharedServer({ env: { WORKERS: '1', STORE: 'ledger' } });

/** Rung 1 is broken, every other one holds; the ladder has the setting of its rungs. */
function runsFor({ rung = 1, ladder: isLadder }: LabRequest): Run[] {
  const run = rung === 1 ? exampleRun : { ...holdingRun, rung };
  if (!isLadder) return [run];
  return ladder.slice(0, 7).map(({ rung: number, title, setting }) => ({
    ...(number === 1 ? exampleRun : holdingRun),
    title: `rung ${number}: ${title}`,
    rung: number,
    setting,
  }));
}

/** Opens the lab on a page whose experiments are handmade. */
async function openLab(hash = '', options: BrowserContextOptions = {}) {
  const { page, complaints } = await openWindow(
    browser(),
    new URL('/#workers', office().url),
    options,
  );
  const lab = await mockLab(page, runsFor);
  await page.goto(String(new URL(`/#lab${hash}`, office().url)));
  await untilText(page, '.start .setting', 'buyers');
  return { page, complaints, lab };
}

/** The run with all steps of each batch at one time. */
const atOneTime = (run: Run): Run => ({
  ...run,
  lanes: run.lanes.map((lane) => ({
    ...lane,
    batches: lane.batches.map((batch) => ({
      ...batch,
      spans: batch.spans.map((span) => ({ ...span, end: 30 })),
    })),
  })),
});

function fail(): never {
  throw new Error('it is not shown');
}

const card = (page: Page, index = 0) => page.locator('.card').nth(index);

describe('break it, why, fix it', () => {
  test('the header of a broken run offers why, a lock, and a mutex', async () => {
    const { page, complaints, lab } = await openLab('?rung=1');
    await untilText(page, '.card.broken .path', /See why\s*Fix it\s*Try a mutex/);
    await page.click('.path button:has-text("See why")');
    await untilText(page, '.step-count', '1 of');
    await page.click('.path button:has-text("Fix it")');
    await untilText(page, '.card.holds h2', 'rung 4');
    expect(await page.locator('.card').count()).toBe(2);
    expect(lab.requests.map(({ rung }) => rung)).toEqual([1, 4]);
    expect(await card(page, 1).locator('.path').count()).toBe(0); // nothing to fix
    // Another fix takes the place of the first one.
    await page.click('.card.broken .path button:has-text("Try a mutex")');
    await untilText(page, '.card h2', 'rung 4');
    expect(await page.locator('.card').count()).toBe(2);
    expect(lab.requests.at(-1)?.rung).toBe(2);
    expect(complaints).toEqual([]);
  });
});

describe('the ladder', () => {
  test('runs all rungs, and keeps their results', async () => {
    const { page, lab, complaints } = await openLab();
    expect(await page.locator('.score:not(:empty)').count()).toBe(0);
    await page.click('.run-all');
    await untilText(page, '.score', /Holds/);
    expect(lab.requests).toEqual([{ ladder: true }]);
    const scores = await page.locator('.score').allTextContents();
    expect(scores[0]).toMatch(/^Broken4 sold of 100\d+ sales per second$/);
    expect(scores.slice(1, 7).every((score) => score.startsWith('Holds2 sold of 100'))).toBe(true);
    expect(scores[7]).toBe(''); // it needs a database
    const pictures = page.locator('.score .thumbnail');
    expect(await pictures.count()).toBe(7);
    expect(await pictures.first().getAttribute('aria-label')).toMatch(
      /^2 processes, in [\d.]+ ms: /,
    );
    expect(await page.evaluate('document.activeElement.textContent')).toBe('The ladder');
    await page.reload();
    await untilText(page, '.score', /Holds/);
    expect(lab.requests).toHaveLength(1);
    expect(complaints).toEqual([]);
  });
});

describe('runs of this browser', () => {
  test('are shown again after a reload, by their address and from the list, and can be forgotten', async () => {
    const { page, lab, complaints } = await openLab('?rung=1');
    await card(page).waitFor();
    await untilText(page, '.kept-runs a', 'rung 1: no lock: broken');
    expect(page.url()).toContain('&run=mocked-1');
    await page.reload();
    await untilText(page, '.card.broken h2', 'rung 1');
    await page.click('nav a:has-text("Race lab")');
    await untilText(page, '.kept-runs a', 'rung 1');
    expect(await page.locator('.card').count()).toBe(0);
    await page.click('.kept-runs a');
    await untilText(page, '.card.broken h2', 'rung 1');
    await page.goBack();
    await page.locator('.card').waitFor({ state: 'detached' });
    await page.goForward();
    await untilText(page, '.card.broken h2', 'rung 1');
    expect(lab.requests).toHaveLength(1); // none of this ran anything
    await page.click('.kept button:has-text("Forget all runs")');
    await untilText(page, '.kept', 'None yet.');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Your runs');
    expect(complaints).toEqual([]);
  });

  test('are kept up to a bound', async () => {
    const { page, lab } = await openLab();
    for (let run = 1; run <= 22; run++) {
      await page.click('.break');
      await page.locator(`.actions a[href$="mocked-${run}"]`).waitFor();
    }
    expect(lab.requests).toHaveLength(22);
    await page.reload();
    await untilText(page, '.kept-runs a', 'rung 1');
    expect(await page.locator('.kept-runs a').count()).toBe(20);
  });

  test('are saved as HTML, trace and JSON', async () => {
    const { page, complaints } = await openLab('?rung=1');
    const save = async (format: string) => {
      const download = page.waitForEvent('download');
      await page.click(`.downloads button:has-text("${format}")`);
      return readFileSync(await (await download).path(), 'utf8');
    };
    const html = await save('HTML');
    expect(html).toMatch(/^<!doctype html>[\s\S]*<strong>BROKEN<\/strong>/);
    expect(html).toContain('--p-reading'); // it has its colours
    expect(JSON.parse(await save('trace')).traceEvents.length).toBeGreaterThan(10);
    expect(JSON.parse(await save('JSON'))).toEqual({ runs: [exampleRun] });
    expect(complaints).toEqual([]);
  });
});

describe('the accessibility of a run', () => {
  test.each([360, 390, 768, 1024, 1280])(
    '%i pixels wide, in both colours: fits, and every step has a label',
    async (width) => {
      const { page } = await openLab('?rung=1', { viewport: { width, height: 900 } });
      await card(page).locator('.block').first().waitFor();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect(overflow).toBeLessThanOrEqual(0);
        // The other widths have the same elements, and lab.browser.test.ts checks two more.
        if (width === 360) expect(await accessibilityViolations(page), colorScheme).toEqual([]);
      }
      const unlabelled = page.locator('.card .pair .block:not(.holding):not(:has(text))');
      expect(await unlabelled.evaluateAll((all) => all.map(({ outerHTML }) => outerHTML))).toEqual(
        [],
      );
      // No label leaves the picture.
      const outside = await page.locator('.card svg.run').evaluate((svg) => {
        const frame = svg.getBoundingClientRect();
        return [...svg.querySelectorAll('text')]
          .map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }))
          .filter(({ box }) => box.left < frame.left - 1 || box.right > frame.right + 1)
          .map(({ text }) => text);
      });
      expect(outside).toEqual([]);
      // Labels are laid out for one size of text, whatever other views say about a class.
      const sizes = await page
        .locator('.card .block text, .card .segment text')
        .evaluateAll((all) => all.map((each) => getComputedStyle(each).fontSize));
      expect(new Set(sizes)).toEqual(new Set(['12px']));
      // The idea is shown on every width.
      expect(await page.locator('.sketch svg:visible').count()).toBe(1);
    },
  );

  test.each([
    ['reduce', 0],
    ['no-preference', 1],
  ] as const)('a value moves between file and process: with %s, %i', async (motion, count) => {
    const { page, complaints } = await openLab('?rung=1', { reducedMotion: motion });
    // Animations stand still, so that a busy machine does not miss one.
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Animation.enable');
    await devtools.send('Animation.setPlaybackRate', { playbackRate: 0 });
    const said = () => page.getAttribute('.playback input', 'aria-valuetext');
    for (let step = 0; step < 4 && !(await said())?.includes(' read '); step++) {
      await page.click('.playback [aria-label="Next step"]');
    }
    expect(await said()).toBe('A read 100 left');
    expect(await page.locator('.card .flying').count()).toBe(count);
    await devtools.send('Animation.setPlaybackRate', { playbackRate: 1 });
    await page.locator('.card .flying').waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  test('larger text makes the timeline larger', async () => {
    const { page } = await openLab('?rung=1');
    const heightOf = () =>
      page
        .locator('.card .lane-title')
        .first()
        .evaluate((title) => title.getBoundingClientRect().height);
    const normal = await heightOf();
    await page.evaluate("document.documentElement.style.setProperty('font-size', '200%')");
    await page.setViewportSize({ width: 1279, height: 900 });
    await until('it is larger', async () => (await heightOf()) > 1.7 * normal);
  });

  test('a miniature of the run, under Details, moves what is shown', async () => {
    const { page, complaints } = await openLab('?rung=1');
    const minimap = page.locator('.card .minimap');
    await card(page).locator('.block').first().waitFor();
    expect(await minimap.isVisible()).toBe(false);
    await page.click('.controls button:has-text("Details")');
    const shown = () => minimap.getAttribute('aria-valuetext');
    expect(await shown()).toMatch(/^\d+\.\d+ ms to \d+\.\d+ ms of \d+\.\d ms$/); // the two batches
    const frame = await minimap.locator('.frame').boundingBox();
    const whole = await minimap.boundingBox();
    expect(frame?.width).toBeLessThan(0.6 * (whole?.width ?? 0));
    await minimap.press('End');
    await untilText(page, '.controls [aria-pressed="true"]', 'The whole run');
    const atEnd = await shown();
    await minimap.press('ArrowLeft');
    expect(await shown()).not.toBe(atEnd);
    await minimap.click({ position: { x: (whole?.width ?? 0) - 1, y: 5 } });
    expect(await shown()).toBe(atEnd);
    expect(complaints).toEqual([]);
  });

  test('steps that end in the same microsecond are all reached, backwards too', async () => {
    const { page, complaints } = await openWindow(browser(), new URL('/#workers', office().url));
    await mockLab(page, () => [atOneTime(exampleRun)]);
    await page.goto(String(new URL('/#lab?rung=1', office().url)));
    await untilText(page, '.card.broken h2', 'rung 1');
    await page.locator('.stage').focus();
    const shown: string[] = [];
    for (let step = 0; step < 9; step++) {
      await page.keyboard.press('[');
      shown.push((await page.locator('.step-count').textContent()) ?? '');
    }
    expect(shown).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1].map((step) => `${step} of 9`));
    expect(complaints).toEqual([]);
  });

  test('the frame of the miniature can be dragged', async () => {
    const { page, complaints } = await openLab('?rung=1');
    await untilText(page, '.card.broken h2', 'rung 1');
    await page.click('.card button:has-text("Details")');
    const minimap = page.locator('.card .minimap');
    const shown = () => minimap.getAttribute('aria-valuetext');
    await minimap.press('Home');
    const before = await shown();
    const { x, y, width, height } = (await minimap.boundingBox()) ?? fail();
    await page.mouse.move(x + 5, y + height / 2);
    await page.mouse.down();
    const passed: (string | null)[] = [];
    for (const share of [0.3, 0.6, 0.99]) {
      await page.mouse.move(x + share * width, y + height / 2, { steps: 4 });
      passed.push(await shown());
    }
    await page.mouse.up();
    expect(new Set([before, ...passed]).size).toBe(4);
    const after = await shown();
    await page.mouse.move(x + 5, y + height / 2); // no button is down
    expect(await shown()).toBe(after);
    expect(complaints).toEqual([]);
  });

  test('on a touch screen every target is large enough', async () => {
    const { page } = await openLab('?rung=1', {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await card(page).waitFor();
    const small = await page
      .locator('main button:visible, main select:visible')
      .evaluateAll((all) =>
        all
          .map((each) => ({ name: each.textContent, box: each.getBoundingClientRect() }))
          .filter(({ box }) => box.height < 44)
          .map(({ name, box }) => `${name}: ${box.height}`),
      );
    expect(small).toEqual([]);
  });

  test('with forced colours, pressed buttons and the legend are told apart', async () => {
    const { page } = await openLab('?rung=1', { forcedColors: 'active' });
    const colour = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((each) => getComputedStyle(each).backgroundColor);
    await card(page).waitFor();
    expect(await colour('.controls [aria-pressed="true"]')).not.toBe(
      await colour('.controls [aria-pressed="false"]'),
    );
    expect(await colour('.swatch.reading')).not.toBe(await colour('.swatch.writing'));
  });

  test('on paper, what is only for a screen is left out', async () => {
    const { page } = await openLab('?rung=1');
    await card(page).waitFor();
    await page.emulateMedia({ media: 'print' });
    for (const hidden of ['.controls', '.playback', '.actions', '.chooser', '.break', 'nav']) {
      expect(await page.locator(hidden).first().isVisible(), hidden).toBe(false);
    }
    for (const shown of ['.ruling', '.card svg.run', '.story']) {
      expect(await page.locator(shown).first().isVisible(), shown).toBe(true);
    }
  });

  test('a word of the glossary shows its meaning on hover and on focus', async () => {
    const { page } = await openLab('?rung=4');
    const term = page.locator('.legend .term').first();
    await term.hover();
    await untilText(page, '.legend .meaning:visible', 'only one process can hold');
    await page.mouse.move(5, 5);
    await page.locator('.legend .meaning').first().waitFor({ state: 'hidden' });
    await term.focus();
    await untilText(page, '.legend .meaning:visible', 'only one process can hold');
    await page.click('.glossary summary');
    const words = await page.locator('.glossary dt').allTextContents();
    expect(words).toEqual(
      expect.arrayContaining(['lock', 'lease', 'mutex', 'serial', 'commit', 'batch']),
    );
  });

  test('closing a dialog returns the focus to where it was', async () => {
    const { page } = await openLab('?rung=1');
    await page.click('.controls button[aria-label="Keyboard shortcuts"]');
    await untilText(page, 'dialog.help[open]', 'keyboard shortcuts');
    await page.click('dialog.help button');
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe(
      'Keyboard shortcuts',
    );
  });

  test('says what the list of words asks for, word for word', async () => {
    const { page } = await openLab('?rung=1');
    await card(page).waitFor();
    expect(await page.getAttribute('#guess', 'placeholder')).toBe('Your guess (optional)');
    const text = (await page.locator('main').textContent()) ?? '';
    for (const words of [
      'buyers told "sold"',
      'tickets available',
      'Just this race',
      'unprotected: no other process is kept out',
      'one lock acquisition for everyone waiting',
    ]) {
      expect(text).toContain(words);
    }
    await page.click('.card .path button:has-text("Fix it")');
    await untilText(page, '.card.holds .controls', "Where B sees A's write");
    await page.click('nav a:has-text("Workers")');
    await untilText(page, '.workers thead', /Uptime.*Lock waits.*Last exit/);
  });

  test('the page for those who know Python leads to what it names', async () => {
    const { page, complaints } = await openLab();
    await page.click('.from-python a');
    await untilText(page, '.python dt', 'deadlock');
    expect(await page.locator('nav a[aria-current]').count()).toBe(0);
    await page.setViewportSize({ width: 360, height: 800 });
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.click('.python a:has-text("--scenario memory-is-not-shared")');
    await card(page).waitFor();
    expect(page.url()).toContain('#lab?scenario=memory-is-not-shared');
    expect(complaints).toEqual([]);
  });

  test('says why there are no experiments', async () => {
    const { page } = await openWindow(browser(), new URL('/#workers', office().url));
    await untilText(page, '.workers', 'worker-1');
    await page.route('**/lab/scenarios', (route) => route.abort());
    await page.click('nav a:has-text("Race lab")');
    await untilText(page, '.progress', 'The office is not reachable. Is it running?');
    await page.click('nav a:has-text("Workers")');
    const problem = { type: '/problems/unknown-route', title: 'There is no such route' };
    await page.route('**/lab/scenarios', (route) => route.fulfill({ status: 404, json: problem }));
    await page.click('nav a:has-text("Race lab")');
    const off = 'Experiments are switched off here. Start with LAB=on to allow them.';
    await untilText(page, '.progress', off);
  });
});
