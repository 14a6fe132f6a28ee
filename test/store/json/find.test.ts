import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Receipts } from '../../../src/store/json/receipts.js';
import { testFolder } from '../../support/folder.js';

/** Receipts of 3 MB, and the id of each order. */
async function manyReceipts(): Promise<{ receipts: Receipts; ids: string[] }> {
  const path = join(testFolder(), 'receipts.jsonl');
  const lines: Buffer[] = [];
  const ids: string[] = [];
  let offset = 0;
  for (let version = 1; version <= 10_000; version++) {
    const orderId = `${offset.toString(36)}-${String(version).padStart(16, 'a')}`;
    const fields = {
      commit: `c${version}`,
      version,
      orderId,
      eventId: 'gala',
      customer: 'ü'.repeat(60),
    };
    const rest = { quantity: 1, serials: [version], remaining: 1, at: '2027-01-01', pid: 1 };
    const line = Buffer.from(`\n${JSON.stringify({ ...fields, ...rest })}\n`);
    lines.push(line);
    ids.push(orderId);
    offset += line.length;
  }
  appendFileSync(path, Buffer.concat(lines));
  const receipts = await Receipts.open(path, false);
  onTestFinished(() => receipts.close());
  return { receipts, ids };
}

test('300 searches for made-up ids at once need little memory', async () => {
  const { receipts, ids } = await manyReceipts();
  const madeUp = ids.slice(0, 300).map((id) => `${id.split('-')[0]}-${'b'.repeat(16)}`);
  const before = process.memoryUsage().arrayBuffers;
  let most = before;
  const sampling = setInterval(() => {
    most = Math.max(most, process.memoryUsage().arrayBuffers);
  }, 1);
  const searches = madeUp.map((id) => receipts.find(id));
  most = Math.max(most, process.memoryUsage().arrayBuffers);
  const found = await Promise.all(searches);
  clearInterval(sampling);
  expect(found.every((order) => order === undefined)).toBe(true);
  // A buffer of 1 MiB for each of them would be 300 MB. (Other tests of this thread use some, too.)
  expect(most - before).toBeLessThan(32 * 1024 * 1024);
});

test('searches that share buffers find each its own order', async () => {
  const { receipts, ids } = await manyReceipts();
  const some = ids.filter((_id, index) => index % 97 === 0);
  const found = await Promise.all(some.map((id) => receipts.find(id)));
  expect(found.map((order) => order?.orderId)).toEqual(some);
  expect(found[1]).toMatchObject({ kind: 'sold', customer: 'ü'.repeat(60), serials: [98] });
});

test('an order is found up to a mebibyte behind its offset, where a race may have put it', async () => {
  const { receipts, ids } = await manyReceipts();
  const path = receipts.path;
  const append = (orderId: string) => {
    const fields = {
      commit: 'c',
      version: 1,
      orderId,
      eventId: 'gala',
      customer: 'Ada',
      quantity: 1,
    };
    const rest = { serials: [1], remaining: 1, at: '2027-01-01', pid: 1 };
    appendFileSync(path, `\n${JSON.stringify({ ...fields, ...rest })}\n`);
  };
  const end = ids.length * 290; // within the last lines
  const near = `${(end - 1_000_000 + 200_000).toString(36)}-${'c'.repeat(16)}`;
  append(near);
  expect((await receipts.find(near))?.orderId).toBe(near);
  const far = `0-${'d'.repeat(16)}`;
  append(far);
  expect(await receipts.find(far)).toBeUndefined();
});
