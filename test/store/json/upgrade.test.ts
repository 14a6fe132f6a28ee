import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { json } from '../../../src/store/json/driver.js';
import { judge } from '../../../src/verdict/judge.js';
import { openOptions, testFolder } from '../../support/folder.js';

/** What the release before tickets had a life wrote: three sales, in two commits. */
const oldTickets = {
  version: 2,
  events: {
    a: {
      name: 'Test Night',
      venue: 'The Test Hall',
      startsAt: '2027-02-01T20:00:00+00:00',
      price: { amount: 1000, currency: 'EUR' },
      capacity: 10,
      remaining: 6,
    },
  },
};
const oldReceipts = `
{"commit":"c1-xxxxxxxxx","orderId":"0-AAAAAAAAAAAAAAAA","eventId":"a","customer":"Ada","quantity":1,"serials":[1],"remaining":9,"version":1,"at":"2026-11-01T10:00:00.000Z","pid":1}

{"commit":"c2-xxxxxxxxx","orderId":"5x-AAAAAAAAAAAAAAAA","eventId":"a","customer":"Bob","quantity":3,"serials":[2,3,4],"remaining":6,"version":2,"at":"2026-11-01T10:00:01.000Z","pid":1}
`;

test('a folder of an older version opens and goes on, and is judged as a whole', async () => {
  const folder = testFolder();
  writeFileSync(join(folder, 'tickets.json'), JSON.stringify(oldTickets));
  writeFileSync(join(folder, 'receipts.jsonl'), oldReceipts);
  await json.prepare(folder, { seeds: folder, waitMs: 0, exclusive: true });
  const store = await json.open({ ...openOptions(folder, true), exclusive: true });
  onTestFinished(() => store.close());
  const [old, other] = (await store.orders({ limit: 10 })).orders;
  if (old === undefined || other === undefined) throw new Error('the old orders are not listed');
  expect([old.customer, old.total, other.serials]).toEqual(['Ada', undefined, [2, 3, 4]]);

  const { results } = await store.sell([
    { kind: 'buy', eventId: 'a', customer: 'Cy', quantity: 1 },
    { kind: 'cancel', order: old },
    { kind: 'admit', eventId: 'a', serial: 3, door: 'north' },
    { kind: 'hold', holdId: 'h1', eventId: 'a', customer: 'Di', quantity: 2, seconds: 60 },
  ]);
  expect(results).toMatchObject([
    { kind: 'sold', serials: [5], remaining: 5 },
    { kind: 'cancelled', serials: [1], remaining: 6 },
    { kind: 'admitted', serial: 3 },
    { kind: 'held', remaining: 4 },
  ]);
  expect(await store.findTicket('a', 3)).toMatchObject({ order: { customer: 'Bob' } });
  expect(judge(await json.history(folder))).toMatchObject({
    verdict: 'holds',
    version: 3,
    withdrawn: 0,
    events: [{ sold: 5, cancelled: 1, remaining: 4 }],
  });
  expect(JSON.parse(readFileSync(join(folder, 'tickets.json'), 'utf8')).events.a).toMatchObject({
    issued: 5,
    revision: 1,
    cancelled: [[1, 1]],
    admitted: [[3, 3]],
  });
});
