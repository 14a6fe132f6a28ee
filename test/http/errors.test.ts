import { describe, expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { expectProblem } from './expect-problem.js';
import { readFiles } from './files.js';
import { sharedApp } from './test-app.js';

const events = { two: anEvent(2), none: anEvent(0), keyed: anEvent(9) };
const app = sharedApp({ events });
const unlocked = sharedApp({ events, env: { LOCK_MODE: 'off' } });

describe('an invalid request', () => {
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
  ])('GET %s is answered with %i', async (path, status, type) => {
    await expectProblem(await app().fetch(path), status, type);
  });

  test('is answered with every validation error and where it is', async () => {
    const answer = await app().fetch('/search?limit=0&from=soon&colour=red');
    const { detail, errors } = await expectProblem(answer, 400, 'malformed');
    expect(errors?.map(({ path }) => path)).toContain('querystring/limit');
    expect(errors).toContainEqual({
      path: 'querystring',
      message: 'must NOT have additional properties: colour',
    });
    // The pattern behind a format has 300 characters and explains nothing.
    expect(JSON.stringify(errors)).not.toMatch(/pattern|\\d/);
    expect(detail).toMatch(/^querystring.*, and \d more$/);
  });

  test('is answered with at most ten validation errors', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `x${index}=1`);
    const answer = await app().fetch(`/search?${names.join('&')}`);
    const { errors } = await expectProblem(answer, 400, 'malformed');
    expect(errors).toHaveLength(10);
  });
});

describe('a rejected buy', () => {
  const body = { eventId: 'two', customer: 'Ada' };

  test.each([
    ['no customer', { eventId: 'two' }, 400, 'malformed'],
    ['an unknown event', { ...body, eventId: 'three' }, 404, 'unknown-event'],
    ['more tickets than are left', { ...body, quantity: 3 }, 409, 'sold-out'],
    ['a sold-out event', { ...body, eventId: 'none' }, 409, 'sold-out'],
    ['17 KiB', { ...body, customer: 'a'.repeat(17 * 1024) }, 413, 'body-too-large'],
  ])('sells nothing: %s', async (_what, asked, status, type) => {
    const before = readFiles(app());
    await expectProblem(await app().buy(asked), status, type);
    expect(readFiles(app())).toEqual(before);
  });

  test('says how many tickets are left and how many were requested', async () => {
    const problem = await expectProblem(
      await app().buy({ ...body, quantity: 10 }),
      409,
      'sold-out',
    );
    expect(problem).toMatchObject({ remaining: 2, requested: 10 });
  });

  test.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'nonsense'])(
    'rejects a body of type %s with 415',
    async (type) => {
      const before = readFiles(app());
      const answer = await app().buy(body, { 'content-type': type });
      await expectProblem(answer, 415, 'unsupported-media-type');
      expect(readFiles(app())).toEqual(before);
    },
  );
});

describe('an idempotency key', () => {
  test('answers the same sale to a repetition, quoted or not', async () => {
    const request = { eventId: 'keyed', customer: 'Ada' };
    const first = await app().buy(request, { 'idempotency-key': 'a-key' });
    const sale = await first.json();
    expect([first.status, sale]).toMatchObject([201, { serials: [1] }]);
    const before = readFiles(app());
    const again = await app().buy(request, { 'idempotency-key': '"a-key"' });
    expect([again.status, await again.json()]).toEqual([201, sale]);
    expect(readFiles(app())).toEqual(before);
  });

  test.each(['a-key', '"a-key"'])(
    '%s is rejected with 501 where no lock keeps the workers apart',
    async (key) => {
      const before = readFiles(unlocked());
      const answer = await unlocked().buy(
        { eventId: 'two', customer: 'Ada' },
        { 'idempotency-key': key },
      );
      const { detail } = await expectProblem(answer, 501, 'not-supported');
      expect(detail).toContain('nothing was done');
      expect(readFiles(unlocked())).toEqual(before);
    },
  );
});
