import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, onTestFinished } from 'vitest';
const devices = {
    desktop: { width: 1280, height: 900 },
    phone: { width: 390, height: 844 },
};
const tracked = resolve(import.meta.dirname, '../../docs/pictures');
/** Pictures in a repository stay in it for ever. */
const PICTURE_BYTES_MAX = 250_000;
/**
 * On a desk and on a phone, in the light and in the dark: nobody is kept out, nothing is wider than
 * the screen, and a picture is made. `UPDATE_PICTURES=1` makes those in docs/pictures anew, which the
 * README shows; else they are gone afterwards, since no run looks like another.
 */
export async function expectGoodLooks(page, name) {
    const folder = folderForPictures();
    for (const [device, size] of Object.entries(devices)) {
        await page.setViewportSize(size);
        for (const colorScheme of ['light', 'dark']) {
            await page.emulateMedia({ colorScheme });
            // What is dark on a phone is as dark on a desk.
            if (device === 'desktop' || colorScheme === 'light') {
                expect(await obstacles(page), `${name}, ${device}, ${colorScheme}`).toEqual([]);
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
/** What keeps somebody from using the page: what axe finds serious or critical. */
export async function obstacles(page) {
    const { violations } = await new AxeBuilder({ page }).analyze();
    return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}
function folderForPictures() {
    const folder = mkdtempSync(join(tmpdir(), 'turnstile-pictures-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
}
//# sourceMappingURL=looks.js.map