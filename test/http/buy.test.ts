import { Agent } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { sale as saleSchema } from '../../src/http/schemas.js';
import { anEvent } from '../support/folder.js';
import { ask } from './ask.js';
import { expectProblem } from './expect-problem.js';
import { filesOf, sharedOffice } from './shared-office.js';

type Sale = z.infer<typeof saleSchema>;

const ids = ['gala', 'count', 'pair', 'last', 'free', 'orders', 'workers'];
const office = sharedOffice({
  env: { WORKERS: '2' },
  events: Object.fromEntries(ids.map((id) => [id, anEvent(20)])),
});

async function buy(eventId: string, quantity?: number): Promise<Sale> {
  const answer = await office().buy({
    eventId,
    customer: 'Ada',
    ...(quantity === undefined ? {} : { quantity }),
  });
  expect(answer.status).toBe(201);
  return (await answer.json()) as Sale;
}

describe('a sale', () => {
  test('answers 201 with the members of the contract, and no others', async () => {
    const { version } = office().state();
    const answer = await office().buy({ eventId: 'gala', customer: 'Ada Lovelace', quantity: 3 });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const sale = (await answer.json()) as Sale;
    expect(sale).toEqual({
      orderId: expect.stringMatching(/^[\w-]{8,128}$/),
      eventId: 'gala',
      customer: 'Ada Lovelace',
      quantity: 3,
      serials: [1, 2, 3],
      remaining: 17,
      version: version + 1,
      worker: expect.any(Number),
    });
    expect(answer.headers.get('location')).toBe(`/orders/${sale.orderId}`);
    const pids = (await office().workers()).map(({ pid }) => pid);
    expect(pids).toContain(sale.worker);
  });

  test('is in the ticket file and among the receipts', async () => {
    const { orderId, version } = await buy('free', 2);
    expect(office().state()).toMatchObject({ version, events: { free: { remaining: 18 } } });
    const noted = office().receipts().at(-1);
    expect(noted).toMatchObject({ orderId, serials: [1, 2], customer: 'Ada', version });
  });

  test('counts serials up per event, and versions over all', async () => {
    const first = await buy('count');
    expect(first).toMatchObject({ quantity: 1, serials: [1], remaining: 19 });
    const other = await buy('pair', 2);
    expect(other).toMatchObject({ quantity: 2, serials: [1, 2], remaining: 18 });
    const second = await buy('count', 2);
    expect(second).toMatchObject({ serials: [2, 3], remaining: 17 });
    expect([other.version, second.version]).toEqual([first.version + 1, first.version + 2]);
  });

  test('is all or nothing, down to the last ticket', async () => {
    await buy('last', 10);
    await buy('last', 8);
    const before = filesOf(office());
    const three = await office().buy({ eventId: 'last', customer: 'Ada', quantity: 3 });
    expect(await expectProblem(three, 409, 'sold-out')).toMatchObject({
      remaining: 2,
      requested: 3,
    });
    expect(filesOf(office())).toEqual(before);
    expect(await buy('last', 2)).toMatchObject({ serials: [19, 20], remaining: 0 });
    const one = await office().buy({ eventId: 'last', customer: 'Ada' });
    expect(await expectProblem(one, 409, 'sold-out')).toMatchObject({ remaining: 0, requested: 1 });
  });

  test('each has an order id of its own, that does not tell of the next', async () => {
    const [a, b] = [await buy('orders'), await buy('orders')];
    const secretOf = ({ orderId }: Sale) => orderId.slice(-16);
    expect(secretOf(a)).not.toBe(secretOf(b));
  });
});

describe('an order', () => {
  test('is found at its Location, without the worker', async () => {
    const answer = await office().buy({ eventId: 'orders', customer: 'Zoë 🎟️', quantity: 2 });
    const { worker: _, ...results } = (await answer.json()) as Sale;
    const found = await office().fetch(answer.headers.get('location') ?? '');
    expect([found.status, await found.json()]).toEqual([200, results]);
  });

  test('is found by every worker, whoever sold it', async () => {
    // A connection stays with one worker, and a sale on it tells which one.
    const sales = new Map<number, { agent: Agent; sale: Sale }>();
    for (let tries = 0; tries < 40 && sales.size < 2; tries++) {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const { answer } = await ask(new URL('/buy', office().url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ eventId: tries < 20 ? 'workers' : 'gala', customer: 'Ada' }),
        agent,
      });
      const sale = (await answer.json()) as Sale;
      if (sales.has(sale.worker)) agent.destroy();
      else sales.set(sale.worker, { agent, sale });
    }
    expect(sales.size).toBe(2);

    for (const { agent } of sales.values()) {
      for (const { sale } of sales.values()) {
        const url = new URL(`/orders/${sale.orderId}`, office().url);
        const { answer, onOpenConnection } = await ask(url, { agent });
        expect(onOpenConnection).toBe(true);
        const { worker: _, ...results } = sale;
        expect([answer.status, await answer.json()]).toEqual([200, results]);
      }
      agent.destroy();
    }
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
  ])('%s is no order: 404', async (orderId) => {
    const answer = await office().fetch(`/orders/${orderId}`);
    await expectProblem(answer, 404, 'unknown-order');
  });

  test('is not found by a part of its id, or another case', async () => {
    const { orderId } = await buy('orders');
    const [place, secret = ''] = [orderId.slice(0, -17), orderId.slice(-16)];
    const flipped = secret.replace(/./, (first) => (first === 'A' ? 'B' : 'A'));
    for (const wrong of [secret, orderId.slice(0, -1), `${place}-${flipped}`, `${orderId}A`]) {
      await expectProblem(await office().fetch(`/orders/${wrong}`), 404, 'unknown-order');
    }
    expect((await office().fetch(`/orders/${orderId}`)).status).toBe(200);
  });

  test.each([
    ['nothing', ''],
    ['129 characters', 'a'.repeat(129)],
    ['8,000 characters', 'a'.repeat(8000)],
    ['half an escape', '%E0%A4%A'],
    ['no escape', '%zz'],
  ])('%s cannot be one: 400', async (_what, orderId) => {
    await expectProblem(await office().fetch(`/orders/${orderId}`), 400, 'malformed');
  });
});
