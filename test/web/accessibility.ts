import type { Browser } from 'playwright-core';
import { expect, test } from 'vitest';
import type { TestServer } from '../support/office.js';
import { expectGoodLooks, obstacles } from './looks.js';
import { openWindow, untilText } from './window.js';

/** Views, and what is there once they are whole. */
const views: [view: string, selector: string, text: RegExp][] = [
  ['front', '.with', /buyers/],
  ['box-office', '.live.on', /Live/],
  ['workers', '.verdict-line', /So far/],
  ['ledger', '.chain .skipped', /Skipped/],
];

export function everybodyTests(browser: () => Browser, office: () => TestServer): void {
  test.each(views)(
    '%s is for everybody, on a desk and on a phone',
    async (view, selector, text) => {
      await office().buy({ eventId: 'city-derby', customer: 'Ada' });
      office().append('torn\n');
      await office().buy({ eventId: 'city-derby', customer: 'Ada', quantity: 2 });
      const { page, complaints } = await openWindow(browser(), new URL(`/#${view}`, office().url));
      await untilText(page, selector, text);
      await expectGoodLooks(page, view);
      expect(complaints).toEqual([]);
    },
  );

  test('so is the form to buy', async () => {
    const { page } = await openWindow(browser(), new URL('/#box-office', office().url));
    await page.locator('.event button').first().click();
    expect(await obstacles(page)).toEqual([]);
  });

  test('(what keeps somebody out is found)', async () => {
    const { page } = await openWindow(browser(), new URL('/#workers', office().url));
    await page.evaluate("document.querySelector('main').append(document.createElement('input'))");
    expect(await obstacles(page)).toEqual([expect.stringContaining('label')]);
  });
}
