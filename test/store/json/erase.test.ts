import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Order } from '../../../src/booking/outcomes.js';
import { json } from '../../../src/store/json/driver.js';
import { FolderLock } from '../../../src/store/shared/folder-lock.js';
import { judge } from '../../../src/verdict/judge.js';
import { anEvent, openOptions, testFolderWithLock } from '../../support/folder.js';

const names = ['Ada', 'A', 'Ada "customer":"Ada"', 'Bob', 'Ada'];

async function open(folder: string) {
  const store = await json.open(openOptions(folder, false));
  onTestFinished(() => store.close());
  return store;
}

async function folderWithSales(): Promise<{ folder: string; path: string; orders: Order[] }> {
  const folder = testFolderWithLock({ a: anEvent(10) });
  const store = await open(folder);
  const buys = names.map((customer) => ({
    kind: 'buy' as const,
    eventId: 'a',
    customer,
    quantity: 1,
  }));
  const { results } = await store.sell(buys);
  const path = join(folder, 'receipts.jsonl');
  appendFileSync(path, '\n{"torn":"Ada"\n{"torn at the end, Ada"');
  return { folder, path, orders: results as Order[] };
}

const erase = (folder: string, customer: string) =>
  json.erase(folder, { orders: { customer }, dryRun: false, waitMs: 0 });

describe('erasing a customer from the receipts', () => {
  test('leaves no trace of the name, and order ids and verdict as they were', async () => {
    const { folder, path, orders } = await folderWithSales();
    const before = judge(await json.history(folder));
    const { size } = statSync(path);
    expect(await erase(folder, 'Ada')).toEqual({ orders: 2, unerasable: 0 });
    expect(readFileSync(path, 'utf8').match(/Ada/g)).toHaveLength(2); // in the name of another one
    expect(statSync(path)).toMatchObject({ size });
    expect(judge(await json.history(folder))).toEqual(before);
    const store = await open(folder);
    for (const order of orders) {
      const customer = order.customer === 'Ada' ? '(erased)' : order.customer;
      expect(await store.find(order.orderId)).toEqual({ ...order, customer });
    }
  });

  test('can be for one order', async () => {
    const { folder, orders } = await folderWithSales();
    const orderId = orders[4]?.orderId ?? '';
    const options = { orders: { orderId }, waitMs: 0 };
    expect(await json.erase(folder, { ...options, dryRun: true })).toMatchObject({ orders: 1 });
    expect(await (await open(folder)).find(orderId)).toMatchObject({ customer: 'Ada' });
    expect(await json.erase(folder, { ...options, dryRun: false })).toMatchObject({ orders: 1 });
    const store = await open(folder);
    expect(await store.find(orderId)).toMatchObject({ customer: '(erased)' });
    expect(await store.find(orders[0]?.orderId ?? '')).toMatchObject({ customer: 'Ada' });
    expect(await json.erase(folder, { ...options, dryRun: false })).toMatchObject({ orders: 0 });
  });

  test('is rejected while a server has the folder open', async () => {
    const { folder } = await folderWithSales();
    await FolderLock.acquire(folder, { STORE: 'json', LOCK_MODE: 'file' }, () => {});
    await expect(erase(folder, 'Ada')).rejects.toThrow('stop it first');
  });
});
