import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Buy } from '../../../src/booking/commands.js';
import type { Order } from '../../../src/booking/outcomes.js';
import type { EraseOptions } from '../../../src/store/driver.js';
import { ledger } from '../../../src/store/ledger/driver.js';
import { checkLedger, inspectLedger } from '../../../src/store/ledger/inspect.js';
import {
  encodeLine,
  eraseNames,
  hashOf,
  parseCommit,
} from '../../../src/store/ledger/ledger-line.js';
import { isSale } from '../../../src/store/ledger/ops.js';
import { ledgerIn, ticketsIn } from '../../../src/store/ledger/paths.js';
import { encodeRecord, renewChecksum } from '../../../src/store/ledger/record.js';
import { judge } from '../../../src/verdict/judge.js';
import { openOptions, testFolderWithLock } from '../../support/folder.js';
import { commitLine, events, fileOf, genesisLine, headAfter, op } from './ledger-lines.js';
import { MemoryDisk } from './memory-disk.js';
import { buy, openStore, sell } from './open-store.js';

/** Names that could be taken for the end of the names, or are longer in JSON. */
const names = ['Ada', 'A', 'Bob', ',"customers":["Ada"],"sum":"', '\\', 'ä"\u0000\ud800', 'Ada '];

const of = (customer: string, quantity = 1): Buy => ({ ...buy('a', quantity), customer });

async function open(folder: string) {
  await ledger.prepare(folder);
  const store = await ledger.open(openOptions(folder, true));
  onTestFinished(() => store.close());
  return store;
}

/** A folder in which each customer bought a ticket, with an overtaken line and torn ones. */
async function folderWithSales(): Promise<{ folder: string; orders: Order[] }> {
  const folder = testFolderWithLock(events());
  const store = await open(folder);
  const before = (await inspectLedger(folder)).state.version;
  const orders = (await sell(store, ...names.map((name) => of(name)))) as Order[];
  expect(before).toBe(0);
  const { offset } = await lastLine(folder);
  const overtaken = commitLine(
    headAfter(0, readFileSync(ledgerIn(folder)).subarray(0, offset - 1)),
    {
      ops: [op(1, 9, { customer: 'Ada' })],
    },
  );
  appendFileSync(ledgerIn(folder), `${overtaken}\n{"torn":"Ada"\n`);
  orders.push(...((await sell(store, { ...buy('b', 1, 'key'), customer: 'Ada' })) as Order[]));
  await store.close();
  appendFileSync(ledgerIn(folder), '{"also torn","Ada"');
  return { folder, orders };
}

async function lastLine(folder: string): Promise<{ offset: number }> {
  let offset = 0;
  await inspectLedger(folder, (line) => {
    offset = line.offset;
  });
  return { offset };
}

const erase = (folder: string, orders: EraseOptions['orders'], dryRun = false) =>
  ledger.erase(folder, { orders, dryRun, waitMs: 0 });

const textOf = (folder: string): string => readFileSync(ledgerIn(folder), 'utf8');

describe('erasing a customer from the ledger', () => {
  test('leaves no trace of the name, and sales, chain, ids and verdict as they were', async () => {
    const { folder, orders } = await folderWithSales();
    await ledger.prepare(folder); // writes a checkpoint
    const before = await checkLedger(folder);
    const { size } = statSync(ledgerIn(folder));
    expect(await erase(folder, { customer: 'Ada' })).toEqual({ orders: 2, unerasable: 0 });

    // Another customer's name contains the word.
    expect(textOf(folder).match(/Ada/g)).toHaveLength(2);
    expect(statSync(ledgerIn(folder))).toMatchObject({ size });
    expect(await checkLedger(folder)).toEqual(before);
    expect(judge(await ledger.history(folder))).toMatchObject({ verdict: 'holds' });
    const store = await open(folder);
    for (const order of orders) {
      const customer = order.customer === 'Ada' ? '(erased)' : order.customer;
      const { key: _, ...found } = { ...order, customer };
      expect(await store.find(order.orderId)).toEqual(found);
    }
    expect(await sell(store, buy('a'))).toMatchObject([{ serials: [names.length + 1] }]);
  });

  test('makes a repeated buy with a key of theirs a refusal, never a second sale', async () => {
    const { folder } = await folderWithSales();
    await erase(folder, { customer: 'Ada' });
    const store = await open(folder);
    expect(await sell(store, { ...buy('b', 1, 'key'), customer: 'Ada' })).toMatchObject([
      { kind: 'keyReused' },
    ]);
  });

  test('can be for one order', async () => {
    const { folder, orders } = await folderWithSales();
    const orderId = orders.at(-1)?.orderId ?? '';
    expect(await erase(folder, { orderId })).toEqual({ orders: 1, unerasable: 0 });
    expect(await erase(folder, { orderId })).toEqual({ orders: 0, unerasable: 0 });
    expect(await erase(folder, { orderId: 'none' })).toEqual({ orders: 0, unerasable: 0 });
    const store = await open(folder);
    expect(await store.find(orderId)).toMatchObject({ customer: '(erased)' });
    expect(await store.find(orders[0]?.orderId ?? '')).toMatchObject({ customer: 'Ada' });
  });

  test('erases the name of holds, also of one that is open and in the checkpoint', async () => {
    const folder = testFolderWithLock(events());
    const store = await open(folder);
    const hold = (holdId: string, customer: string) =>
      ({ ...of(customer), kind: 'hold', holdId, seconds: 3600 }) as const;
    await sell(store, hold('h1', 'Ada'), hold('h2', 'Ada'), hold('h3', 'Bob'));
    const [order] = (await sell(store, { kind: 'confirm', holdId: 'h3' })) as Order[];
    await sell(store, { kind: 'release', holdId: 'h1' });
    await store.close();
    await ledger.prepare(folder); // writes a checkpoint
    const all = () => textOf(folder) + readFileSync(ticketsIn(folder), 'utf8');
    expect(all().match(/Ada/g)).toHaveLength(3);

    expect(await erase(folder, { customer: 'Ada' }, true)).toEqual({ orders: 2, unerasable: 0 });
    expect(await erase(folder, { customer: 'Ada' })).toEqual({ orders: 2, unerasable: 0 });
    expect(await erase(folder, { customer: 'Ada' })).toEqual({ orders: 0, unerasable: 0 });
    expect(all()).not.toContain('Ada');
    expect(all().match(/Bob/g)).toHaveLength(2); // the hold, and the order that it became
    expect(await erase(folder, { orderId: order?.orderId ?? '' })).toMatchObject({ orders: 1 });
    expect(all()).not.toContain('Bob');
    await checkLedger(folder);
    const again = await open(folder);
    expect(await sell(again, { kind: 'confirm', holdId: 'h2' })).toMatchObject([
      { kind: 'sold', customer: '(erased)', serials: [2] },
    ]);
  });

  test('is finished when it is repeated after an interruption', async () => {
    const folder = testFolderWithLock(events());
    const store = await open(folder);
    await sell(store, { ...of('Ada'), kind: 'hold', holdId: 'h', seconds: 3600 });
    await store.close();
    await ledger.prepare(folder);
    const before = readFileSync(ledgerIn(folder));
    await erase(folder, { customer: 'Ada' });
    writeFileSync(ledgerIn(folder), before); // it ended between its two steps
    await checkLedger(folder);
    expect(await erase(folder, { customer: 'Ada' })).toEqual({ orders: 1, unerasable: 0 });
    expect(textOf(folder)).not.toContain('Ada');
  });

  test('only counts in a dry run', async () => {
    const { folder } = await folderWithSales();
    const before = textOf(folder);
    expect(await erase(folder, { customer: 'Ada' }, true)).toEqual({ orders: 2, unerasable: 0 });
    expect(textOf(folder)).toBe(before);
  });

  test('is rejected where the ledger is damaged', async () => {
    const { folder } = await folderWithSales();
    const bytes = readFileSync(ledgerIn(folder));
    bytes[bytes.indexOf('"synced"') + 20] = 0x20;
    writeFileSync(ledgerIn(folder), bytes);
    await expect(erase(folder, { customer: 'Ada' })).rejects.toMatchObject({ code: 'DAMAGED' });
    expect(existsSync(ledgerIn(folder))).toBe(true);
  });
});

/** A ledger of the first format, in which names are hashed. */
function firstFormat() {
  const genesis = genesisLine({ format: 'turnstile-ledger-1' as never });
  const head = headAfter(0, genesis);
  const old = (ops: object[], at = head) =>
    encodeRecord({
      seq: at.seq + 1,
      prev: at.hash,
      synced: { seq: at.seq, hash: at.hash },
      writer: `old.${at.seq}`,
      pid: 1,
      at: '2027-01-01T00:00:00.000Z',
      ops,
    });
  const first = old([op(1, 9)]);
  const headOfFirst = headAfter(1, first, head.end);
  return { genesis, first, second: old([op(2, 8)], headOfFirst), headOfFirst };
}

describe('a ledger of the first format', () => {
  test('is read and continued, and its names are reported as not erasable', async () => {
    const { genesis, first, second } = firstFormat();
    const folder = testFolderWithLock();
    writeFileSync(ledgerIn(folder), fileOf(genesis, first, second));
    const store = await open(folder);
    expect(await sell(store, of('Ada'), of('Bob'))).toMatchObject([
      { serials: [3] },
      { serials: [4] },
    ]);
    await store.close();
    expect(await erase(folder, { customer: 'Ada' })).toEqual({ orders: 1, unerasable: 2 });
    expect(await checkLedger(folder)).toMatchObject({ sales: 4, skipped: 0 });
    expect(textOf(folder).match(/Ada/g)).toHaveLength(2);
    expect(textOf(folder).match(/Bob/g)).toHaveLength(1);
  });

  test('would be damaged if a name were erased in it', async () => {
    const { genesis, first, second } = firstFormat();
    const folder = testFolderWithLock();
    first.write('""   ', first.indexOf('"Ada"'));
    renewChecksum(first);
    writeFileSync(ledgerIn(folder), fileOf(genesis, first, second));
    await expect(checkLedger(folder)).rejects.toMatchObject({ code: 'DAMAGED' });
  });
});

describe('a line', () => {
  test('has the same hash and length whichever of its names are erased, and keeps the others', () => {
    const unit = fc.nat(0xffff).map((code) => String.fromCharCode(code)); // also half a surrogate pair
    const name = fc.oneof(fc.constantFrom(...names), fc.string({ minLength: 1, unit }));
    const line = fc.array(fc.tuple(name, fc.boolean(), fc.boolean()), { minLength: 1 });
    fc.assert(
      fc.property(line, (sales) => {
        const commit = {
          ...(parseCommit(commitLine(headAfter(0, genesisLine()))) as object),
          ops: sales.map(([customer]) => op(1, 9, { customer })),
        };
        const whole = encodeLine(commit as never);
        let erased = whole;
        for (const round of [1, 2] as const) {
          erased = eraseNames(erased, (index) => sales[index]?.[round] === true) as Buffer;
        }
        expect(erased.length).toBe(whole.length);
        expect(hashOf(erased)).toBe(hashOf(whole));
        const found = parseCommit(erased)?.ops.map((each) => isSale(each) && each.customer);
        expect(found).toEqual(
          sales.map(([customer, first, second]) => (first || second ? '(erased)' : customer)),
        );
      }),
    );
  });

  test('that was torn within its names does not count, although its hash is that of the whole', async () => {
    const disk = new MemoryDisk(fileOf(genesisLine()));
    const file = disk.open();
    let torn = false;
    const store = await openStore({
      ...file,
      async write(bytes) {
        if (torn) return file.write(bytes);
        torn = true;
        const cut = bytes.indexOf('"Ada"') + 3;
        // Another process, which had not seen the first bytes, appends right behind them.
        return file.write(Buffer.concat([bytes.subarray(0, cut), Buffer.from('another line\n')]));
      },
    });
    expect(await sell(store, of('Ada'))).toMatchObject([{ serials: [1], version: 1 }]);
    const lines = disk.bytes.toString('utf8').split('\n');
    expect(lines).toHaveLength(4); // genesis, the torn line, the one that counts, and an empty end
    const [, broken = '', counted = ''] = lines;
    expect(hashOf(Buffer.from(broken))).not.toBe(hashOf(Buffer.from(counted)));
    expect(parseCommit(Buffer.from(counted))?.seq).toBe(1);
  });
});
