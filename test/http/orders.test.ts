import { describe, expect, test } from 'vitest';
import type { OrderDetails, OrdersAnswer, Sale } from '../../src/http/schemas.js';
import { anEvent } from '../support/folder.js';
import { expectProblem } from './expect-problem.js';
import { readFiles } from './files.js';
import { sharedApp } from './test-app.js';

const ids = ['gala', 'inside', 'pages', 'csv', 'other'];
const app = sharedApp({ events: Object.fromEntries(ids.map((id) => [id, anEvent(20)])) });

async function buy(eventId: string, quantity = 1, customer = 'Ada'): Promise<Sale> {
  const answer = await app().buy({ eventId, customer, quantity });
  expect(answer.status).toBe(201);
  return (await answer.json()) as Sale;
}

const read = async (orderId: string) =>
  (await (await app().fetch(`/orders/${orderId}`)).json()) as OrderDetails;
const cancel = (orderId: string) => app().fetch(`/orders/${orderId}/cancel`, { method: 'POST' });

describe('a cancellation', () => {
  test('puts the tickets back on sale once, and their numbers are not used again', async () => {
    const { orderId } = await buy('gala', 3);
    const answer = await cancel(orderId);
    const cancelled = await answer.json();
    expect([answer.status, cancelled]).toMatchObject([200, { orderId, status: 'cancelled' }]);
    expect(await app().remaining('gala')).toBe(20);
    const before = readFiles(app());
    const again = await cancel(orderId);
    expect([again.status, await again.json()]).toEqual([200, cancelled]);
    expect(readFiles(app())).toEqual(before);
    expect(await read(orderId)).toEqual(cancelled);
    expect(await buy('gala', 2)).toMatchObject({ serials: [4, 5], remaining: 18 });
  });

  test('of ten at once returns the tickets once', async () => {
    const { orderId } = await buy('other', 4);
    const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(orderId)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await app().remaining('other')).toBe(20);
  });

  test('is refused once somebody is inside, and says when and by which door', async () => {
    const { orderId } = await buy('inside', 2);
    const [, second] = (await read(orderId)).tickets;
    const admission = await app().post('/admissions', { code: second?.code });
    const { admittedAt } = (await admission.json()) as { admittedAt: string };
    const problem = await expectProblem(await cancel(orderId), 409, 'already-admitted');
    expect(problem).toMatchObject({ serial: 2, admittedAt, door: 'operator' });
    const { status, tickets } = await read(orderId);
    expect([status, tickets.map((ticket) => ticket.admittedAt)]).toEqual([
      'valid',
      [undefined, admittedAt],
    ]);
  });

  test('of an unknown order is 404', async () => {
    await expectProblem(await cancel('0-aaaaaaaaaaaaaaaa'), 404, 'unknown-order');
  });
});

describe('GET /orders', () => {
  const page = async (query: string) => {
    const answer = await app().fetch(`/orders?${query}`);
    expect(answer.status).toBe(200);
    return { link: answer.headers.get('link'), ...((await answer.json()) as OrdersAnswer) };
  };

  test('has pages that lead to each other, in the order of the sales', async () => {
    const sold: string[] = [];
    for (let index = 0; index < 5; index++) {
      sold.push((await buy('pages', 1, `customer ${index}`)).orderId);
      await buy('other');
    }
    expect((await cancel(sold[1] ?? '')).status).toBe(200);
    const found: OrdersAnswer['orders'][number][] = [];
    let url: string | undefined = '/orders?eventId=pages&limit=2';
    for (let pages = 0; url !== undefined && pages < 9; pages++) {
      const { orders, next, link } = await page(url.slice('/orders?'.length));
      found.push(...orders);
      url = /^<([^>]+)>; rel="next"$/.exec(link ?? '')?.[1];
      expect(next === null).toBe(url === undefined);
      expect(orders.length).toBe(url === undefined ? 1 : 2);
    }
    expect(found.map(({ orderId }) => orderId)).toEqual(sold);
    expect(found.map(({ status }) => status)).toEqual([
      ...['valid', 'cancelled', 'valid', 'valid', 'valid'],
    ]);
    expect(Math.abs(Date.now() - Date.parse(found[0]?.soldAt ?? ''))).toBeLessThan(60_000);
    expect(JSON.stringify(found)).not.toContain('code');
  });

  test.each(['cursor=%20', 'cursor=../..', 'limit=101', 'colour=red', `cursor=${'a'.repeat(201)}`])(
    '?%s is malformed',
    async (query) => {
      await expectProblem(await app().fetch(`/orders?${query}`), 400, 'malformed');
    },
  );

  test.each(['_', '-1', 'zzzzzzzzzzzzzzzzzzzzzz', '2', 'zzzzzzzzzz', 'a:b'])(
    'a made-up cursor %s is malformed',
    async (cursor) => {
      await expectProblem(await app().fetch(`/orders?cursor=${cursor}`), 400, 'malformed');
    },
  );
});

describe('GET /orders.csv', () => {
  test('has every order of the event, and no formula of a customer', async () => {
    const customers = [
      'Ada "the first", Lovelace',
      '=HYPERLINK("http://x")',
      '+1',
      '@sum',
      'Zoë\nB',
    ];
    const sales: Sale[] = [];
    for (const customer of customers) sales.push(await buy('csv', 2, customer));
    const answer = await app().fetch('/orders.csv?eventId=csv');
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers.get('content-disposition')).toContain('orders.csv');
    const text = await answer.text();
    const soldAt = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
    const row = (index: number, customer: string) =>
      `${sales[index]?.orderId},csv,${customer},2,${index * 2 + 1} ${index * 2 + 2},2000,EUR,valid,SOLD`;
    expect(text.replace(soldAt, 'SOLD')).toBe(
      [
        'orderId,eventId,customer,quantity,serials,total,currency,status,soldAt',
        row(0, '"Ada ""the first"", Lovelace"'),
        row(1, '"\'=HYPERLINK(""http://x"")"'),
        row(2, "'+1"),
        row(3, "'@sum"),
        row(4, '"Zoë\nB"'),
        '',
      ].join('\r\n'),
    );
  });

  test('has all orders of all events without one, also more than it reads at once', async () => {
    const before = (await (await app().fetch('/orders.csv')).text()).split('\r\n').length;
    await buy('other');
    const after = (await (await app().fetch('/orders.csv')).text()).split('\r\n').length;
    expect(after - before).toBe(1);
  });
});
