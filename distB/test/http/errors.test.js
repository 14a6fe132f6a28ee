import { describe, expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { expectProblem } from './expect-problem.js';
import { filesOf, sharedOffice } from './shared-office.js';
const office = sharedOffice({ events: { two: anEvent(2), none: anEvent(0) } });
describe('a question that cannot be answered', () => {
    test.each([
        ['/search?limit=0', 400, 'malformed'],
        ['/orders/', 400, 'malformed'],
        ['/orders/%E0%A4%A', 400, 'malformed'],
        ['/%zz', 400, 'malformed'],
        ['/orders/0-aaaaaaaaaaaaaaaa', 404, 'unknown-order'],
        ['/nothing-here', 404, 'unknown-route'],
        ['/search/', 404, 'unknown-route'],
        ['//search', 404, 'unknown-route'],
        ['/docs/static/nothing-here.js', 404, 'unknown-route'],
    ])('GET %s: %i', async (path, status, type) => {
        // The path as it is: a URL made of //search would name another host.
        await expectProblem(await fetch(`${office().url.origin}${path}`), status, type);
    });
    test('says what is wrong, place by place', async () => {
        const answer = await office().fetch('/search?limit=0&from=soon&colour=red');
        const { detail, errors } = await expectProblem(answer, 400, 'malformed');
        expect(errors?.map(({ path }) => path)).toContain('querystring/limit');
        expect(errors).toContainEqual({
            path: 'querystring',
            message: 'must NOT have additional properties: colour',
        });
        // A pattern of 300 characters helps nobody.
        expect(JSON.stringify(errors)).not.toMatch(/pattern|\\d/);
        expect(detail).toMatch(/^querystring.*, and \d more$/);
    });
    test('says so of ten places at most', async () => {
        const names = Array.from({ length: 40 }, (_, index) => `x${index}=1`);
        const answer = await office().fetch(`/search?${names.join('&')}`);
        const { errors } = await expectProblem(answer, 400, 'malformed');
        expect(errors).toHaveLength(10);
    });
});
describe('a buy that cannot be', () => {
    const body = { eventId: 'two', customer: 'Ada' };
    test.each([
        ['no customer', { eventId: 'two' }, 400, 'malformed'],
        ['an event that is not', { ...body, eventId: 'three' }, 404, 'unknown-event'],
        ['more than are left', { ...body, quantity: 3 }, 409, 'sold-out'],
        ['an event that is sold out', { ...body, eventId: 'none' }, 409, 'sold-out'],
        ['17 KiB', { ...body, customer: 'a'.repeat(17 * 1024) }, 413, 'body-too-large'],
    ])('%s: sells nothing', async (_what, asked, status, type) => {
        const before = filesOf(office());
        await expectProblem(await office().buy(asked), status, type);
        expect(filesOf(office())).toEqual(before);
    });
    test('tells how many are left and how many were asked for', async () => {
        const problem = await expectProblem(await office().buy({ ...body, quantity: 10 }), 409, 'sold-out');
        expect(problem).toMatchObject({ remaining: 2, requested: 10 });
    });
    test.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'nonsense'])('a body of %s: 415', async (type) => {
        const before = filesOf(office());
        const answer = await office().buy(body, { 'content-type': type });
        await expectProblem(answer, 415, 'unsupported-media-type');
        expect(filesOf(office())).toEqual(before);
    });
    test.each(['a-key', '"a-key"'])('the idempotency key %s: 501', async (key) => {
        const before = filesOf(office());
        const answer = await office().buy(body, { 'idempotency-key': key });
        const { detail } = await expectProblem(answer, 501, 'not-supported');
        expect(detail).toContain('nothing was sold');
        expect(filesOf(office())).toEqual(before);
    });
});
//# sourceMappingURL=errors.test.js.map