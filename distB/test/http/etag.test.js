import { describe, expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { sharedOffice } from './shared-office.js';
const office = sharedOffice({
    env: { WORKERS: '2' },
    events: { gala: anEvent(100), other: anEvent(100) },
});
async function tagOf(path) {
    const tag = (await office().fetch(path)).headers.get('etag');
    expect(tag).toMatch(/^"[\w-]{20,}"$/);
    return tag ?? '';
}
const askAgain = (path, tags) => office().fetch(path, { headers: { 'if-none-match': tags } });
test('the same question has the same tag, whichever worker is asked and however it is put', async () => {
    const same = ['/search?q=a&limit=5', '/search?limit=5&q=a', '/search?limit=5&q=%61'];
    const asked = Array.from({ length: 4 }, () => same).flat();
    const tags = await Promise.all(asked.map(tagOf));
    expect(new Set(tags).size).toBe(1);
    expect(await tagOf('/search')).toBe(await tagOf('/search?limit=20'));
    expect(await tagOf('/search?from=2027-01-01')).toBe(await tagOf('/search?from=2027-01-01T00:00:00Z'));
});
test('different questions have different tags', async () => {
    const questions = [
        ...['', '?q=gala', '?q=a', '?limit=1', '?limit=2', '?available=true', '?available=false'],
        ...['?from=2027-01-01', '?to=2027-01-01', '?q=true', '?q=a&available=true'],
    ];
    const tags = await Promise.all(questions.map((question) => tagOf(`/search${question}`)));
    expect(new Set(tags).size).toBe(questions.length);
});
describe('If-None-Match', () => {
    test.each([
        ['the tag', (tag) => tag],
        ['the tag, weak', (tag) => `W/${tag}`],
        ['a list', (tag) => `"a", W/"b" ,${tag},"c"`],
        ['a list, weak', (tag) => `"a",W/${tag}`],
        ['any', () => '*'],
    ])('%s: 304 without a body', async (_what, tags) => {
        const tag = await tagOf('/search');
        const answer = await askAgain('/search', tags(tag));
        expect(answer.status).toBe(304);
        expect(answer.headers.get('etag')).toBe(tag);
        expect(answer.headers.get('cache-control')).toBe('no-cache');
        expect(await answer.text()).toBe('');
    });
    test.each([
        ['another tag', () => '"another"'],
        ['the tag without quotes', (tag) => tag.slice(1, -1)],
        ['half the tag', (tag) => `${tag.slice(0, 10)}"`],
        ['nothing', () => ''],
    ])('%s: 200', async (_what, tags) => {
        const answer = await askAgain('/search', tags(await tagOf('/search')));
        expect(answer.status).toBe(200);
        expect(await answer.json()).toHaveProperty('events');
    });
    test('the tag of another question: 200', async () => {
        const answer = await askAgain('/search?limit=1', await tagOf('/search?limit=2'));
        expect(answer.status).toBe(200);
    });
});
test('a sale makes a new tag, and the old one is answered with the new state', async () => {
    const before = await tagOf('/search?q=test');
    const sale = await office().buy({ eventId: 'gala', customer: 'Ada' });
    expect(sale.status).toBe(201);
    for (let round = 0; round < 4; round++) {
        const answer = await askAgain('/search?q=test', before);
        expect(answer.status).toBe(200);
        expect(await answer.json()).toMatchObject({ events: [{ id: 'gala', remaining: 99 }, {}] });
        expect(answer.headers.get('etag')).not.toBe(before);
    }
    // Nothing was sold, so nothing is new.
    const after = await tagOf('/search?q=test');
    expect((await office().buy({ eventId: 'nothing', customer: 'Ada' })).status).toBe(404);
    expect((await askAgain('/search?q=test', after)).status).toBe(304);
});
//# sourceMappingURL=etag.test.js.map