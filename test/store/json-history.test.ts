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
import type { Store } from '../../src/booking/store.js';
import { json } from '../../src/store/json/driver.js';
import { judge } from '../../src/verdict/judge.js';
import { anEvent, openOptions, testFolder } from '../support/folder.js';

/** A folder in which one ticket was sold, and the store that sold it. */
async function soldOne() {
  const folder = testFolder({ a: anEvent(1000) });
  const store = await json.open(openOptions(folder, false));
  onTestFinished(() => store.close());
  await sell(store);
  return { folder, store, receipts: join(folder, 'receipts.jsonl') };
}

async function sell(store: Store): Promise<void> {
  await (await store.sell([{ eventId: 'a', customer: 'Ada', quantity: 1 }])).durable;
}

describe('the evidence of the json store', () => {
  test('passes over a line that a crash tore, wherever it was torn', async () => {
    const { folder, store, receipts } = await soldOne();
    const whole = readFileSync(receipts).length;
    await sell(store);
    const line = readFileSync(receipts).subarray(whole);
    for (let length = 1; length < line.length - 1; length += 7) {
      truncateSync(receipts, whole);
      appendFileSync(receipts, line.subarray(0, length)); // the crash
      await sell(store); // and life goes on: its line begins with a newline of its own
      const history = await json.history(folder);
      // The torn sale was told to nobody: its ticket is off sale, and counted as such.
      expect(judge(history)).toMatchObject({ verdict: 'holds', lostUpdates: 0 });
      expect(history.events.get('a')?.sold).toBe(2);
    }
  });

  test('counts a whole line that only lacks its newline when the newline comes', async () => {
    const { folder, store, receipts } = await soldOne();
    truncateSync(receipts, readFileSync(receipts).length - 1);
    expect((await json.history(folder)).commits).toBe(0);
    await sell(store);
    expect((await json.history(folder)).commits).toBe(2);
  });

  test('counts what was withdrawn by a crash between the two files', async () => {
    const { folder, receipts } = await soldOne();
    writeFileSync(receipts, '');
    const state = JSON.parse(readFileSync(join(folder, 'tickets.json'), 'utf8'));
    expect(state.events.a.remaining).toBe(999);
    expect(judge(await json.history(folder))).toMatchObject({
      verdict: 'inconclusive',
      withdrawn: 1,
    });
  });

  test('keeps an office from starting anew beside old receipts', async () => {
    const { folder } = await soldOne();
    rmSync(join(folder, 'tickets.json'));
    await expect(json.prepare(folder)).rejects.toThrow('records sales');
    expect(existsSync(join(folder, 'tickets.json'))).toBe(false);
  });

  test('reads on from where it stopped', async () => {
    const { store } = await soldOne();
    for (let commits = 1; commits <= 3; commits++) {
      expect((await store.history()).commits).toBe(commits);
      expect((await store.history()).commits).toBe(commits);
      await sell(store);
    }
  });

  test('is whole over many chunks', async () => {
    const { folder, receipts } = await soldOne();
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
