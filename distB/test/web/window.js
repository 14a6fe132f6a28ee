import { expect, onTestFinished } from 'vitest';
const desktop = { viewport: { width: 1280, height: 900 } };
/** Opens a window that is gone when the test ends. */
export async function openWindow(browser, url, options = {}) {
    const context = await browser.newContext({ ...desktop, reducedMotion: 'reduce', ...options });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const complaints = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning')
            complaints.push(message.text());
    });
    await page.goto(String(url));
    return { page, complaints };
}
/** Waits until something on the page says a text. */
export async function untilText(page, selector, text) {
    await page.locator(selector).filter({ hasText: text }).first().waitFor();
}
/** Presses Tab until what has the focus answers to a selector. */
export async function tabTo(page, selector, most = 60) {
    for (let pressed = 0; pressed < most; pressed++) {
        await page.keyboard.press('Tab');
        if ((await page.locator(`${selector}:focus`).count()) > 0)
            return;
    }
    expect.fail(`no Tab leads to ${selector}`);
}
//# sourceMappingURL=window.js.map