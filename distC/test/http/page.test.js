import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { built } from '../support/processes.js';
import { ask } from './ask.js';
import { expectProblem } from './expect-problem.js';
import { sharedOffice } from './shared-office.js';
const office = sharedOffice();
const files = [
    ['/', /^text\/html; charset=utf-8$/, '<title>Turnstile</title>'],
    ['/page/main.js', /^text\/javascript; charset=utf-8$/, 'import '],
    ['/page/lab/layout.js', /^text\/javascript/, 'export function layOut'],
    ['/page/static/page.css', /^text\/css/, ':root'],
    ['/page/static/icon.svg', /^image\/svg\+xml$/, '<svg'],
];
test.each(files)('%s comes with its type, is not kept unasked, and not sent twice', async (path, type, holds) => {
    const answer = await office().fetch(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(type);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(await answer.text()).toContain(holds);
    const etag = answer.headers.get('etag') ?? '';
    const again = await office().fetch(path, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const changed = await office().fetch(path, { headers: { 'if-none-match': '"another"' } });
    expect(changed.status).toBe(200);
});
test('it is sent small to those who take that, and plain to those who do not', async () => {
    const url = new URL('/page/static/page.css', office().url);
    const plain = (await ask(url)).answer;
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(plain.headers.get('vary')).toBe('Accept-Encoding');
    const css = await plain.text();
    const small = await office().fetch('/page/static/page.css', {
        headers: { 'accept-encoding': 'gzip' },
    });
    expect(small.headers.get('content-encoding')).toBe('gzip');
    expect(Number(small.headers.get('content-length'))).toBeLessThan(css.length / 2);
    expect(await small.text()).toBe(css);
});
test.each([
    ['/page/nothing.js', 404, 'unknown-route'],
    ['/page/', 404, 'unknown-route'],
    ['/page/..%2f..%2fpackage.json', 404, 'unknown-route'],
    ['/page/%2e%2e/http/app.js', 404, 'unknown-route'],
    ['/page/.tsbuildinfo', 404, 'unknown-route'],
])('%s is nothing that can be asked for', async (path, status, type) => {
    await expectProblem(await office().fetch(path), status, type);
});
test('what the page loads is there, and nothing is loaded from elsewhere', async () => {
    const html = await (await office().fetch('/')).text();
    const loaded = [...html.matchAll(/\b(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(loaded.length).toBeGreaterThan(4);
    for (const path of loaded) {
        expect(path).toMatch(/^\/page\//);
        expect([path, (await office().fetch(path)).status]).toEqual([path, 200]);
    }
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
});
/** A module of the page and all that it imports, without their endings. */
function graphOf(name, known = new Set()) {
    if (known.has(name))
        return known;
    known.add(name);
    const text = readFileSync(built(`src/web/${name}`), 'utf8');
    for (const [, path = ''] of text.matchAll(/ from '(\.[^']+)\.js'/g)) {
        graphOf(posix.join(posix.dirname(name), path), known);
    }
    return known;
}
test('every module is asked for at once, not when another one is found to import it', async () => {
    const html = await (await office().fetch('/')).text();
    const asked = [...html.matchAll(/href="\/page\/([^"]+)\.js"/g)].map(([, name]) => name);
    expect([...asked, 'main'].sort()).toEqual([...graphOf('main')].sort());
});
//# sourceMappingURL=page.test.js.map