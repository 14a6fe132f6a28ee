import type { Browser } from 'playwright-core';
import { expect, test } from 'vitest';
import { until } from '../support/processes.js';
import type { TestServer } from '../support/test-server.js';
import { openWindow, untilText } from './browser-window.js';

const BYTES_MAX = 200 * 1024;
const PAINT_MS_MAX = 1_000;
const LOADS_MAX = 8;

interface Loaded {
  readonly bytes: number;
  readonly files: number;
  readonly paintMs: number;
}

const painted = "performance.getEntriesByName('first-contentful-paint').length > 0";

const measure = `({
  bytes: [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .reduce((sum, { transferSize }) => sum + transferSize, 0),
  files: performance.getEntriesByType('resource').filter(({ name }) => name.includes('/page/')).length,
  paintMs: performance.getEntriesByName('first-contentful-paint')[0].startTime,
})`;

export function loadingTests(browser: () => Browser, office: () => TestServer): void {
  test('the page is small and is painted at once', async () => {
    const loads: Loaded[] = [];
    const best = () => Math.min(...loads.map(({ paintMs }) => paintMs));
    // The best of some, because the machine may be busy.
    for (let load = 0; load < LOADS_MAX && !(best() < PAINT_MS_MAX); load++) {
      const { page } = await openWindow(browser(), office().url); // with an empty cache
      await untilText(page, '.start .setting', 'buyers');
      // The browser records the paint slightly later.
      await until(
        'the first paint is recorded',
        async () => (await page.evaluate(painted)) === true,
      );
      loads.push((await page.evaluate(measure)) as Loaded);
    }
    for (const { bytes, files } of loads) {
      expect(files).toBeGreaterThanOrEqual(2); // the script and the style sheet
      expect(bytes).toBeGreaterThan(10_000); // not from a cache
      expect(bytes).toBeLessThan(BYTES_MAX);
    }
    expect(best()).toBeLessThan(PAINT_MS_MAX);
  });

  test('negative control: what the content security policy forbids is reported', async () => {
    const { page, complaints } = await openWindow(browser(), office().url);
    await page.evaluate(`document.body.append(
      Object.assign(document.createElement('script'), { textContent: 'window.ran = true' }),
      Object.assign(document.createElement('img'), { src: 'http://127.0.0.1:9/elsewhere.png' }),
    )`);
    await until('both are blocked', () => complaints.length >= 2);
    expect(complaints.join()).toMatch(/script-src|default-src/);
    expect(complaints.join()).toContain('elsewhere.png');
    expect(await page.evaluate('window.ran')).toBeUndefined();
  });
}
