import { test } from 'vitest';
import { sharedBrowser } from '../support/browser.js';
import { TestOffice } from '../support/office.js';
import { openWindow, untilText } from '../web/window.js';
const browser = sharedBrowser();
test('x', async () => {
    const office = await TestOffice.startForTest({ env: { WORKERS: '2', STORE: 'ledger' } });
    for (let i = 0; i < 25; i++) {
        await office.buy({ eventId: 'city-derby', customer: 'Ada' });
        const { page } = await openWindow(browser(), new URL('/#box-office', office.url));
        if (i % 2)
            await untilText(page, '.live.on', /Live/);
        await page.setViewportSize({ width: 1280, height: 900 });
        await page.setViewportSize({ width: 390, height: 844 });
        const r = await page.evaluate(`(() => { const w = document.documentElement.scrollWidth; const out=[]; for (const e of document.querySelectorAll('*')) { const b=e.getBoundingClientRect(); if (b.right > 390.5) out.push(e.tagName+'.'+e.className+' '+Math.round(b.left)+'-'+Math.round(b.right)+' '+(e.textContent||'').slice(0,40)); } return w+' '+getComputedStyle(document.documentElement).fontFamily.slice(0,40)+' '+document.readyState+' '+out.slice(0,12).join(' | '); })()`);
        console.log(i, r);
        if (i === 24)
            await page.screenshot({ path: "/tmp/phone.png" });
        await page.close();
    }
}, 120000);
//# sourceMappingURL=phone.test.js.map