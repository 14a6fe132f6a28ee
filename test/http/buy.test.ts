import { describe, expect, test } from 'vitest';
import type { Sale } from '../../src/http/schemas.js';
import { anEvent } from '../support/folder.js';
import { expectProblem } from './expect-problem.js';
import { readFiles } from './files.js';
import { sharedApp } from './test-app.js';

const ids = ['gala', 'count', 'pair', 'last', 'free', 'orders'];
const app = sharedApp({
  events: Object.fromEntries(ids.map((id) => [id, anEvent(20)])),
});

async function buy(eventId: string, quantity?: number): Promise<Sale> {
  const answer = await app().buy({
    eventId,
    customer: 'Ada',
    ...(quantity === undefined ? {} : { quantity }),
  });
  expect(answer.status).toBe(201);
  return (await answer.json()) as Sale;
}

describe('a sale', () => {
  test('is answered with 201, the documented members and no others', async () => {
    const { version } = app().state();
    const answer = await app().buy({ eventId: 'gala', customer: 'Ada Lovelace', quantity: 3 });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const sale = (await answer.json()) as Sale;
    expect(sale).toEqual({
      orderId: expect.stringMatching(/^[\w-]{8,128}$/),
      eventId: 'gala',
      customer: 'Ada Lovelace',
      quantity: 3,
      serials: [1, 2, 3],
      total: { amount: 3000, currency: 'EUR' },
      remaining: 17,
      version: version + 1,
      worker: process.pid,
    });
    expect(answer.headers.get('location')).toBe(`/orders/${sale.orderId}`);
  });

  test('is written to the ticket file and to the receipts', async () => {
    const { orderId, version } = await buy('free', 2);
    expect(app().state()).toMatchObject({ version, events: { free: { remaining: 18 } } });
    const receipt = app().receipts().at(-1);
    expect(receipt).toMatchObject({ orderId, serials: [1, 2], customer: 'Ada', version });
  });

  test('names no process to a buyer behind a proxy', async () => {
    const body = { eventId: 'free', customer: 'Ada' };
    const answer = await app().buy(body, { 'x-forwarded-for': '203.0.113.7' });
    expect(answer.status).toBe(201);
    expect(await answer.json()).not.toHaveProperty('worker');
  });

  test('counts serials per event, and versions over all events', async () => {
    const first = await buy('count');
    expect(first).toMatchObject({ quantity: 1, serials: [1], remaining: 19 });
    const other = await buy('pair', 2);
    expect(other).toMatchObject({ quantity: 2, serials: [1, 2], remaining: 18 });
    const second = await buy('count', 2);
    expect(second).toMatchObject({ serials: [2, 3], remaining: 17 });
    expect([other.version, second.version]).toEqual([first.version + 1, first.version + 2]);
  });

  test('is all or nothing, up to the last ticket', async () => {
    await buy('last', 10);
    await buy('last', 8);
    const before = readFiles(app());
    const three = await app().buy({ eventId: 'last', customer: 'Ada', quantity: 3 });
    expect(await expectProblem(three, 409, 'sold-out')).toMatchObject({
      remaining: 2,
      requested: 3,
    });
    expect(readFiles(app())).toEqual(before);
    expect(await buy('last', 2)).toMatchObject({ serials: [19, 20], remaining: 0 });
    const one = await app().buy({ eventId: 'last', customer: 'Ada' });
    expect(await expectProblem(one, 409, 'sold-out')).toMatchObject({ remaining: 0, requested: 1 });
  });

  test('has an order id that does not reveal that of the next sale', async () => {
    const [a, b] = [await buy('orders'), await buy('orders')];
    const secretOf = ({ orderId }: Sale) => orderId.slice(-16);
    expect(secretOf(a)).not.toBe(secretOf(b));
  });
});

describe('an order', () => {
  test('is found at its Location, without `worker` and with its tickets', async () => {
    const answer = await app().buy({ eventId: 'orders', customer: 'Zoë 🎟️', quantity: 2 });
    const { worker: _, ...results } = (await answer.json()) as Sale;
    const found = await app().fetch(answer.headers.get('location') ?? '');
    expect([found.status, await found.json()]).toEqual([
      200,
      {
        ...results,
        status: 'valid',
        tickets: results.serials.map((serial) => ({ serial, code: expect.any(String) })),
      },
    ]);
  });

  test.each([
    'nonsense',
    '0-aaaaaaaaaaaaaaaa',
    'zzzzzzzzzz-aaaaaaaaaaaaaaaa',
    '__proto__',
    '%00',
    '..%2f..%2ftickets.json',
    '%F0%9F%8E%9F',
    'a'.repeat(128),
  ])('%s is answered with 404', async (orderId) => {
    const answer = await app().fetch(`/orders/${orderId}`);
    await expectProblem(answer, 404, 'unknown-order');
  });

  test('is not found by a part of its id, or by its id in another case', async () => {
    const { orderId } = await buy('orders');
    const [place, secret = ''] = [orderId.slice(0, -17), orderId.slice(-16)];
    const flipped = secret.replace(/./, (first) => (first === 'A' ? 'B' : 'A'));
    for (const wrong of [secret, orderId.slice(0, -1), `${place}-${flipped}`, `${orderId}A`]) {
      await expectProblem(await app().fetch(`/orders/${wrong}`), 404, 'unknown-order');
    }
    expect((await app().fetch(`/orders/${orderId}`)).status).toBe(200);
  });

  test.each([
    ['an empty string', ''],
    ['129 characters', 'a'.repeat(129)],
    ['8,000 characters', 'a'.repeat(8000)],
    ['half an escape', '%E0%A4%A'],
    ['an invalid escape', '%zz'],
  ])('%s as an order id is answered with 400', async (_what, orderId) => {
    await expectProblem(await app().fetch(`/orders/${orderId}`), 400, 'malformed');
  });
});
