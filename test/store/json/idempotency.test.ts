import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Command } from '../../../src/booking/commands.js';
import type { Result } from '../../../src/booking/outcomes.js';
import type { Store } from '../../../src/booking/store.js';
import { json } from '../../../src/store/json/driver.js';
import { judge } from '../../../src/verdict/judge.js';
import { anEvent, openOptions, testFolder } from '../../support/folder.js';

async function open(folder: string, exclusive = true): Promise<Store> {
  const store = await json.open({ ...openOptions(folder, false), exclusive });
  onTestFinished(() => store.close());
  return store;
}

async function sell(store: Store, ...commands: Command[]): Promise<readonly Result[]> {
  const { results, durable } = await store.sell(commands);
  await durable;
  return results;
}

const buy = (key: string, quantity = 1): Command => ({
  kind: 'buy',
  eventId: 'a',
  customer: 'Ada',
  quantity,
  key,
});
const hold = (key: string, holdId: string): Command => ({
  kind: 'hold',
  eventId: 'a',
  customer: 'Ada',
  quantity: 1,
  seconds: 60,
  holdId,
  key,
});
const admit = (key: string, serial: number): Command => ({
  kind: 'admit',
  eventId: 'a',
  serial,
  door: 'north',
  key,
});

describe('idempotency keys of the json store', () => {
  test('return the first result, also from another process and after a restart', async () => {
    const folder = testFolder({ a: anEvent(10) });
    const [one, two] = [await open(folder), await open(folder)];
    const first = await sell(one, buy('k1', 2), hold('k2', 'h1'), buy('k3'));
    expect(first.map(({ kind }) => kind)).toEqual(['sold', 'held', 'sold']);
    const again = [buy('k1', 2), hold('k2', 'another'), buy('k3')];
    expect(await sell(two, ...again)).toEqual(first);
    expect(await sell(await open(folder), ...again)).toEqual(first);
    const [admitted] = await sell(one, admit('k4', 1));
    expect(await sell(two, admit('k4', 1))).toEqual([admitted]);
    expect((await one.search()).state.events.a).toMatchObject({ remaining: 6, issued: 3 });
    expect(judge(await one.history())).toMatchObject({ verdict: 'holds' });
  });

  test('refuse another request, and decide the others of the batch', async () => {
    const folder = testFolder({ a: anEvent(10) });
    const store = await open(folder);
    await sell(store, buy('k1'), hold('k2', 'h1'));
    expect(await sell(store, buy('k1', 2), buy('k2'), buy('new'), hold('k1', 'h2'))).toMatchObject([
      { kind: 'keyReused' },
      { kind: 'keyReused' },
      { kind: 'sold', serials: [2] },
      { kind: 'keyReused' },
    ]);
  });

  test('are not remembered for a refusal, nor for a line that a crash tore', async () => {
    const folder = testFolder({ a: anEvent(1) });
    const store = await open(folder);
    expect(await sell(store, buy('k1', 2))).toMatchObject([{ kind: 'soldOut' }]);
    const receipts = join(folder, 'receipts.jsonl');
    await sell(store, buy('k1', 1));
    const torn = readFileSync(receipts, 'utf8').replaceAll('k1', 'k2').trim().slice(0, -1);
    appendFileSync(receipts, `\n${torn}\n`);
    expect(await sell(store, buy('k2', 1))).toMatchObject([{ kind: 'soldOut' }]);
  });

  test('negative control: without a lock they are not looked for', async () => {
    const folder = testFolder({ a: anEvent(10) });
    const store = await open(folder, false);
    expect(store.remembersKeys).toBe(false);
    await sell(store, buy('k1'));
    expect(await sell(store, buy('k1'))).toMatchObject([{ kind: 'sold', serials: [2] }]);
  });
});
