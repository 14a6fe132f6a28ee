import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Command } from '../../../src/booking/commands.js';
import type { Order } from '../../../src/booking/outcomes.js';
import { readCheckpoint } from '../../../src/store/ledger/checkpoint.js';
import { ledger } from '../../../src/store/ledger/driver.js';
import { checkLedger } from '../../../src/store/ledger/inspect.js';
import { ledgerIn, ticketsIn } from '../../../src/store/ledger/paths.js';
import { judge } from '../../../src/verdict/judge.js';
import { openOptions, testFolder } from '../../support/folder.js';
import { buy, sell } from './open-store.js';

const fixtures = join(import.meta.dirname, 'fixtures');

/**
 * A folder that the release with this format made: Ada bought ticket 1 of `a`, Bob 2 to 4 with a key,
 * Cy ticket 1 of `b`, and, behind the checkpoint, Di ticket 5 of `a` with a key.
 */
function oldFolder(format: string): { folder: string; ids: readonly string[] } {
  const folder = testFolder();
  cpSync(join(fixtures, format), folder, { recursive: true });
  renameSync(join(folder, 'checkpoint'), ticketsIn(folder)); // a formatter must not touch it
  return { folder, ids: JSON.parse(readFileSync(join(folder, 'order-ids.json'), 'utf8')) };
}

async function open(folder: string) {
  await ledger.prepare(folder);
  const store = await ledger.open(openOptions(folder, true));
  onTestFinished(() => store.close());
  return store;
}

const onward = (ada: Order): readonly Command[] => [
  buy('a'),
  { kind: 'cancel', order: ada },
  { kind: 'admit', eventId: 'a', serial: 3, door: 'north' },
  { kind: 'hold', holdId: 'h1', eventId: 'b', customer: 'Eve', quantity: 2, seconds: 60 },
];

describe.each(['format-1', 'format-2'])('a ledger of %s', (format) => {
  test('opens, goes on, and is judged as a whole', async () => {
    const { folder, ids } = oldFolder(format);
    const store = await open(folder);
    const orders = (await Promise.all(ids.map((id) => store.find(id)))) as Order[];
    expect(orders).toMatchObject([
      { customer: 'Ada', serials: [1], version: 1 },
      { customer: 'Bob', serials: [2, 3, 4], version: 1 },
      { customer: 'Cy', serials: [1], version: 2 },
      { customer: 'Di', serials: [5], version: 3 },
    ]);
    expect(orders[0]).not.toHaveProperty('total');
    const bob = { ...buy('a', 3, 'key 1'), customer: 'Bob' };
    expect(await sell(store, bob, buy('a', 1, 'key 2'))).toMatchObject([
      orders[1] as Order,
      { kind: 'keyReused' },
    ]);
    expect(await sell(store, ...onward(orders[0] as Order))).toMatchObject([
      { serials: [6], total: { amount: 1000, currency: 'EUR' }, version: 4 },
      { kind: 'cancelled', remaining: 5 },
      { kind: 'admitted' },
      { kind: 'held', remaining: 0 },
    ]);
    expect(await store.findTicket('a', 3)).toMatchObject({
      order: orders[1],
      admission: { door: 'north' },
    });
    const page = await store.orders({ limit: 10 });
    expect(page.orders.map(({ orderId }) => orderId).slice(0, 4)).toEqual(ids);
    expect(judge(await store.history())).toMatchObject({
      verdict: 'holds',
      version: 4,
      events: [
        { id: 'a', sold: 6, cancelled: 1, remaining: 5 },
        { id: 'b', sold: 1, remaining: 0 },
      ],
    });
    await store.close();

    const again = await open(folder);
    const { state } = await again.search();
    expect(state.events.a).toMatchObject({ issued: 6, cancelled: [[1, 1]], admitted: [[3, 3]] });
    expect(await sell(again, { kind: 'confirm', holdId: 'h1' })).toMatchObject([
      { customer: 'Eve', serials: [2, 3] },
    ]);
    expect(await checkLedger(folder)).toMatchObject({ sales: 6, skipped: 0 });
  });

  test('has the same state with its old checkpoint, without one, and with a new one', async () => {
    const { folder } = oldFolder(format);
    const old = await readCheckpoint(ticketsIn(folder));
    expect(old).toMatchObject({ version: 2, ops: 3 });
    expect(old).not.toHaveProperty('at');
    await checkLedger(folder); // compares the ledger with the old checkpoint
    const states = [];
    for (const without of [false, false, true]) {
      if (without) rmSync(ticketsIn(folder));
      const store = await open(folder);
      states.push(structuredClone((await store.search()).state));
      await store.close();
    }
    expect(states[0]).toMatchObject({ version: 3, at: expect.stringMatching(/^2026-11-28T/) });
    expect(states[1]).toEqual(states[0]);
    expect(states[2]).toEqual(states[0]);
  });

  test('is damaged if it lacks a line that its old checkpoint names', async () => {
    const { folder } = oldFolder(format);
    const lines = readFileSync(ledgerIn(folder), 'utf8').split('\n');
    writeFileSync(ledgerIn(folder), `${lines.slice(0, 2).join('\n')}\n`);
    await expect(ledger.prepare(folder)).rejects.toMatchObject({ code: 'DAMAGED' });
  });
});
