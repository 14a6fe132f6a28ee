import {
  appendFileSync,
  existsSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../../src/booking/store.js';
import { json } from '../../../src/store/json/driver.js';
import { judge } from '../../../src/verdict/judge.js';
import { anEvent, openOptions, testFolder } from '../../support/folder.js';

/** A folder in which one ticket was sold, and the store that sold it. */
async function folderWithOneSale() {
  const folder = testFolder({ a: anEvent(1000) });
  const store = await json.open(openOptions(folder, false));
  onTestFinished(() => store.close());
  await sell(store);
  return { folder, store, receipts: join(folder, 'receipts.jsonl') };
}

async function sell(store: Store): Promise<void> {
  await (await store.sell([{ kind: 'buy', eventId: 'a', customer: 'Ada', quantity: 1 }])).durable;
}

describe('json history', () => {
  test('skips a line that a crash tore at any byte', async () => {
    const { folder, store: first, receipts } = await folderWithOneSale();
    const whole = readFileSync(receipts).length;
    await sell(first);
    const line = readFileSync(receipts).subarray(whole);
    for (let length = 1; length < line.length - 1; length += 7) {
      truncateSync(receipts, whole);
      appendFileSync(receipts, line.subarray(0, length)); // the crash
      const store = await json.open(openOptions(folder, false)); // another process
      await sell(store); // the next receipt begins with a newline
      await store.close();
      const history = await json.history(folder);
      // No buyer was answered with the torn sale: its ticket counts as withdrawn.
      expect(judge(history)).toMatchObject({ verdict: 'holds', lostUpdates: 0 });
      expect(history.events.get('a')?.sold).toBe(2);
    }
  });

  test('counts a line without its newline once the newline is written', async () => {
    const { folder, receipts } = await folderWithOneSale();
    truncateSync(receipts, readFileSync(receipts).length - 1);
    expect((await json.history(folder)).commits).toBe(0);
    const store = await json.open(openOptions(folder, false));
    onTestFinished(() => store.close());
    await sell(store);
    expect((await json.history(folder)).commits).toBe(2);
  });

  test('counts tickets as withdrawn after a crash between the writes to the two files', async () => {
    const { folder, receipts } = await folderWithOneSale();
    writeFileSync(receipts, '');
    const state = JSON.parse(readFileSync(join(folder, 'tickets.json'), 'utf8'));
    expect(state.events.a.remaining).toBe(999);
    expect(judge(await json.history(folder))).toMatchObject({
      verdict: 'inconclusive',
      withdrawn: 1,
    });
  });

  test('prevents a start with new tickets beside old receipts', async () => {
    const { folder } = await folderWithOneSale();
    rmSync(join(folder, 'tickets.json'));
    await expect(json.prepare(folder)).rejects.toThrow('records sales');
    expect(existsSync(join(folder, 'tickets.json'))).toBe(false);
  });

  test('continues reading where it stopped', async () => {
    const { store } = await folderWithOneSale();
    for (let commits = 1; commits <= 3; commits++) {
      expect((await store.history()).commits).toBe(commits);
      expect((await store.history()).commits).toBe(commits);
      await sell(store);
    }
  });

  test('counts every line of a file of many chunks', async () => {
    const { folder, receipts } = await folderWithOneSale();
    const [line = ''] = readFileSync(receipts, 'utf8').trim().split('\n');
    const long = (index: number) =>
      JSON.stringify({
        ...JSON.parse(line),
        commit: `c${index}`,
        customer: 'é'.repeat(index % 90),
      });
    const lines = Array.from({ length: 3000 }, (_, index) => `\n${long(index)}\n`);
    appendFileSync(receipts, lines.join(''));
    const { commits, events, skipped } = await json.history(folder);
    expect([commits, events.get('a')?.sold, skipped]).toEqual([3001, 3001, 0]);
  });
});
