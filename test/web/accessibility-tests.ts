import type { Browser } from 'playwright-core';
import { expect, test } from 'vitest';
import type { TestServer } from '../support/test-server.js';
import { openWindow, untilText } from './browser-window.js';
import { accessibilityViolations, expectGoodLayout } from './visual-checks.js';

/** Each view, and a text that it shows once it is complete. */
const views: [view: string, selector: string, text: RegExp][] = [
  ['front', '.start .setting', /buyers/],
  ['box-office', '.live.on', /Live/],
  ['workers', '.verdict-line', /So far/],
  ['ledger', '.chain .skipped', /Skipped/],
];

export function accessibilityTests(browser: () => Browser, office: () => TestServer): void {
  test.each(views)(
    '%s is accessible, on a desktop and on a phone',
    async (view, selector, text) => {
      await office().buy({ eventId: 'city-derby', customer: 'Ada' });
      office().append('torn\n');
      await office().buy({ eventId: 'city-derby', customer: 'Ada', quantity: 2 });
      const { page, complaints } = await openWindow(browser(), new URL(`/#${view}`, office().url));
      await untilText(page, selector, text);
      await expectGoodLayout(page, view);
      expect(complaints).toEqual([]);
    },
  );

  test('the form to buy is accessible', async () => {
    const { page } = await openWindow(browser(), new URL('/#box-office', office().url));
    await page.locator('.event button').first().click();
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  test('negative control: an input without a label is found', async () => {
    const { page } = await openWindow(browser(), new URL('/#workers', office().url));
    await page.evaluate("document.querySelector('main').append(document.createElement('input'))");
    expect(await accessibilityViolations(page)).toEqual([expect.stringContaining('label')]);
  });
}
