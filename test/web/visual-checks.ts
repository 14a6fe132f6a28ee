import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

const devices = {
  desktop: { width: 1280, height: 900 },
  phone: { width: 390, height: 844 },
} as const;

const tracked = resolve(import.meta.dirname, '../../docs/pictures');

/** A picture in a repository stays in its history. */
const PICTURE_BYTES_MAX = 250_000;

/**
 * Checks a view on a desktop and on a phone, light and dark: no accessibility violations, nothing wider
 * than the screen, and a small screenshot. `UPDATE_PICTURES=1` replaces the screenshots in docs/pictures,
 * which the README shows; otherwise they are deleted, because no two runs look the same.
 */
export async function expectGoodLayout(page: Page, name: string): Promise<void> {
  const folder = folderForPictures();
  for (const [device, size] of Object.entries(devices)) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      // The dark colours are the same on both.
      if (device === 'desktop' || colorScheme === 'light') {
        expect(await accessibilityViolations(page), `${name}, ${device}, ${colorScheme}`).toEqual(
          [],
        );
      }
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect(width, `${name} on a ${device}`).toBeLessThanOrEqual(size.width);
      const picture = `${name}-${device}-${colorScheme}.png`;
      await page.screenshot({ path: join(folder, picture) });
      expect(statSync(join(folder, picture)).size).toBeLessThan(PICTURE_BYTES_MAX);
      const shown = join(tracked, picture);
      if (process.env.UPDATE_PICTURES && existsSync(shown))
        copyFileSync(join(folder, picture), shown);
    }
  }
}

/** The violations that axe rates serious or critical. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

function folderForPictures(): string {
  const folder = mkdtempSync(join(tmpdir(), 'turnstile-pictures-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
