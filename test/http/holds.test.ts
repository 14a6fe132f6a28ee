import { afterEach, describe, expect, test, vi } from 'vitest';
import type { HoldDetails, NewHold, OrderDetails } from '../../src/http/schemas.js';
import { anEvent } from '../support/folder.js';
import { expectProblem } from './expect-problem.js';
import { readFiles } from './files.js';
import { sharedApp } from './test-app.js';

const ids = ['gala', 'ends', 'last', 'keyed', 'twice'];
const app = sharedApp({
  events: {
    ...Object.fromEntries(ids.map((id) => [id, anEvent(20)])),
    later: anEvent(20, { salesFrom: '2090-01-01T00:00:00Z', salesUntil: '2090-02-01T00:00:00Z' }),
  },
  env: { HOLD_SECONDS: '60' },
});

afterEach(() => void vi.useRealTimers());

async function hold(eventId: string, quantity = 1): Promise<NewHold> {
  const answer = await app().post('/holds', { eventId, customer: 'Ada', quantity });
  expect(answer.status).toBe(201);
  return (await answer.json()) as NewHold;
}

const get = (holdId: string) => app().fetch(`/holds/${holdId}`);
const confirm = (holdId: string) => app().fetch(`/holds/${holdId}/confirm`, { method: 'POST' });
const release = (holdId: string) => app().fetch(`/holds/${holdId}`, { method: 'DELETE' });

/** Lets this many seconds pass. */
function pass(seconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });
}

describe('a hold', () => {
  test('takes tickets off sale and says until when and what they cost', async () => {
    const before = Date.now();
    const answer = await app().post('/holds', { eventId: 'gala', customer: 'Zoë', quantity: 3 });
    const made = (await answer.json()) as NewHold;
    expect(made).toEqual({
      holdId: expect.stringMatching(/^h[\da-f-]{36}$/),
      eventId: 'gala',
      customer: 'Zoë',
      quantity: 3,
      total: { amount: 3000, currency: 'EUR' },
      expiresAt: expect.any(String),
      remaining: 17,
      version: app().state().version,
    });
    const lasts = Date.parse(made.expiresAt) - before;
    expect(lasts).toBeGreaterThanOrEqual(60_000);
    expect(lasts).toBeLessThan(120_000);
    expect(answer.headers.get('location')).toBe(`/holds/${made.holdId}`);
    expect(await app().remaining('gala')).toBe(17);
    const { remaining: _, ...kept } = made;
    expect(await (await get(made.holdId)).json()).toEqual({ ...kept, status: 'held' });
  });

  test('becomes an order with tickets, once', async () => {
    const { holdId } = await hold('twice', 2);
    const first = await confirm(holdId);
    const order = (await first.json()) as OrderDetails;
    expect([first.status, order]).toMatchObject([
      201,
      { quantity: 2, serials: [1, 2], remaining: 18, status: 'valid', tickets: [{}, {}] },
    ]);
    expect(first.headers.get('location')).toBe(`/orders/${order.orderId}`);
    const before = readFiles(app());
    const again = await confirm(holdId);
    expect([again.status, await again.json()]).toEqual([200, order]);
    expect(readFiles(app())).toEqual(before);
    expect((await (await get(holdId)).json()) as HoldDetails).toMatchObject({
      status: 'confirmed',
      orderId: order.orderId,
      quantity: 2,
    });
    // Its tickets are sold: to say that they are on sale again would be a lie.
    const { orderId } = await expectProblem(await release(holdId), 409, 'hold-confirmed');
    expect(orderId).toBe(order.orderId);
  });

  test('is released, and a repetition is answered alike', async () => {
    const { holdId } = await hold('ends');
    expect(await app().remaining('ends')).toBe(19);
    for (let times = 0; times < 3; times++) expect((await release(holdId)).status).toBe(204);
    expect(await app().remaining('ends')).toBe(20);
    await expectProblem(await confirm(holdId), 410, 'hold-released');
    await expectProblem(await get(holdId), 410, 'hold-released');
  });

  test('that ends by time is not confirmed, before and after its end is committed', async () => {
    const { holdId } = await hold('ends');
    pass(59);
    expect((await get(holdId)).status).toBe(200);
    pass(2);
    await expectProblem(await get(holdId), 410, 'hold-expired');
    await expectProblem(await confirm(holdId), 410, 'hold-expired');
    expect(await app().remaining('ends')).toBe(19); // nobody has committed it
    await app().expireHolds();
    expect(await app().remaining('ends')).toBe(20);
    const before = readFiles(app());
    await app().expireHolds(); // nothing is left to commit
    await expectProblem(await get(holdId), 410, 'hold-expired');
    await expectProblem(await confirm(holdId), 410, 'hold-expired');
    expect((await release(holdId)).status).toBe(204);
    expect(readFiles(app())).toEqual(before);
  });

  test.each(['none', 'haaaaaaaaaaaaaaaa', '__proto__', 'constructor', '%00', 'a'.repeat(128)])(
    '%s is unknown',
    async (holdId) => {
      await expectProblem(await get(holdId), 404, 'unknown-hold');
      await expectProblem(await confirm(holdId), 404, 'unknown-hold');
      await expectProblem(await release(holdId), 404, 'unknown-hold');
    },
  );

  test('takes the last ticket from a buyer, and the other way round', async () => {
    await hold('last', 10);
    await hold('last', 9);
    const two = { eventId: 'last', customer: 'Bob', quantity: 2 };
    const { remaining, requested } = await expectProblem(await app().buy(two), 409, 'sold-out');
    expect([remaining, requested]).toEqual([1, 2]);
    expect((await app().buy({ ...two, quantity: 1 })).status).toBe(201);
    const answer = await app().post('/holds', { ...two, quantity: 1 });
    await expectProblem(answer, 409, 'sold-out');
  });

  test('with an idempotency key is made once', async () => {
    const body = { eventId: 'keyed', customer: 'Ada', quantity: 2 };
    const keyed = { 'idempotency-key': 'mine' };
    const first = await (await app().post('/holds', body, keyed)).json();
    expect(await (await app().post('/holds', body, keyed)).json()).toEqual(first);
    expect(await app().remaining('keyed')).toBe(18);
    await expectProblem(await app().buy(body, keyed), 422, 'key-reused');
    await expectProblem(
      await app().post('/holds', { ...body, quantity: 1 }, keyed),
      422,
      'key-reused',
    );
  });
});

test.each(['/holds', '/buy'])('%s outside the sale says when it is', async (path) => {
  const before = readFiles(app());
  const answer = await app().post(path, { eventId: 'later', customer: 'Ada' });
  expect(await expectProblem(answer, 409, 'not-on-sale')).toMatchObject({
    salesFrom: '2090-01-01T00:00:00Z',
    salesUntil: '2090-02-01T00:00:00Z',
  });
  expect(readFiles(app())).toEqual(before);
});
