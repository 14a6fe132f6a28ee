import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../../src/booking/store.js';
import { DamagedLedgerError } from '../../../src/store/ledger/chain.js';
import { readCheckpoint } from '../../../src/store/ledger/checkpoint.js';
import { ledger } from '../../../src/store/ledger/driver.js';
import { checkLedger, inspectLedger } from '../../../src/store/ledger/inspect.js';
import { encodeLine } from '../../../src/store/ledger/ledger-line.js';
import { damagedIn, ledgerIn, ticketsIn } from '../../../src/store/ledger/paths.js';
import { anEvent, openOptions, testFolder } from '../../support/folder.js';
import { commitLine, events, headAt, op } from './lines-of.js';
import { buy, sell } from './open-store.js';

async function open(folder: string, options = openOptions(folder, true)): Promise<Store> {
  const store = await ledger.open(options);
  onTestFinished(() => store.close());
  return store;
}

/** A folder in which something was sold, and nobody has it open. */
async function soldFolder(): Promise<string> {
  const folder = testFolder(events());
  await ledger.prepare(folder);
  const store = await ledger.open(openOptions(folder, true));
  await sell(store, buy('a', 2), buy('b'));
  await sell(store, buy('a'));
  await store.close();
  return folder;
}

/** A line that extends the ledger and sells a ticket that was sold already. */
async function appendImpossible(folder: string): Promise<number> {
  const bytes = readFileSync(ledgerIn(folder));
  const last = bytes.lastIndexOf(0x0a, bytes.length - 2) + 1;
  const { state } = await inspectLedger(folder);
  const head = headAt(state.version, bytes.subarray(last, -1), last);
  const line = commitLine(head, { ops: [op(4, 6), op(4, 6)] });
  appendFileSync(ledgerIn(folder), `${line}\n`);
  return bytes.length;
}

describe('a folder with a ledger', () => {
  test('is made once, when many try at once', async () => {
    const folder = testFolder(events());
    await Promise.all(Array.from({ length: 8 }, () => ledger.prepare(folder)));
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const { genesis } = await inspectLedger(folder);
    expect(await readCheckpoint(ticketsIn(folder))).toMatchObject({
      version: 0,
      ledger: { id: genesis.ledger },
    });
  });

  test.each([
    ['nothing', () => ''],
    ['garbage', () => '\0\0\0\0\n'],
    ['half a genesis', (genesis: string) => genesis.slice(0, 100)],
    ['a genesis without its newline', (genesis: string) => genesis.slice(0, -1)],
  ])('is refused when its ledger holds %s, and nothing is made anew', async (_, of) => {
    const folder = testFolder(events());
    await ledger.prepare(folder);
    rmSync(ticketsIn(folder));
    const torn = of(readFileSync(ledgerIn(folder), 'utf8'));
    writeFileSync(ledgerIn(folder), torn);
    await expect(ledger.prepare(folder)).rejects.toMatchObject({ code: 'DAMAGED', offset: 0 });
    expect(readFileSync(ledgerIn(folder), 'utf8')).toBe(torn);
  });

  test('is refused when the ledger is gone, and no ticket is sold anew', async () => {
    const folder = await soldFolder();
    rmSync(ledgerIn(folder));
    await expect(ledger.open(openOptions(folder, true))).rejects.toThrow('ENOENT');
    await expect(ledger.prepare(folder)).rejects.toThrow('restore it');
    const tickets = readFileSync(ticketsIn(folder), 'utf8');
    writeFileSync(ticketsIn(folder), tickets.replace('"remaining":7', '"remaining":8'));
    await expect(ledger.prepare(folder)).rejects.toThrow('restore it');
    expect(existsSync(ledgerIn(folder))).toBe(false);
  });

  test('is refused when the ledger is another one', async () => {
    const [folder, other] = [await soldFolder(), await soldFolder()];
    writeFileSync(ledgerIn(folder), readFileSync(ledgerIn(other)));
    await expect(ledger.prepare(folder)).rejects.toThrow('another ledger');
  });

  test('is refused when the ledger is older than its checkpoint', async () => {
    const folder = await soldFolder();
    await ledger.prepare(folder);
    truncateSync(ledgerIn(folder), readFileSync(ledgerIn(folder)).length - 10);
    await expect(ledger.prepare(folder)).rejects.toThrow(DamagedLedgerError);
  });

  test.each(['', 'garbage', '{"version":9,"events":{}}'])(
    'has its checkpoint made anew from %j',
    async (broken) => {
      const folder = await soldFolder();
      writeFileSync(ticketsIn(folder), broken);
      await ledger.prepare(folder);
      expect(await readCheckpoint(ticketsIn(folder))).toMatchObject({ version: 2, sales: 3 });
    },
  );

  test('with too many events to be read back in one piece is not made', async () => {
    const long = anEvent(1, { name: '\u0001'.repeat(200), venue: '\u0001'.repeat(200) });
    const ids = Array.from({ length: 7000 }, (_, index) => `e${index}`);
    const folder = testFolder(Object.fromEntries(ids.map((id) => [id, long])));
    await expect(ledger.prepare(folder)).rejects.toThrow('too many events');
    expect(existsSync(ledgerIn(folder))).toBe(false);
  });

  test('is sold from by three stores at once, each ticket and key once', async () => {
    const folder = testFolder(events());
    await ledger.prepare(folder);
    const stores = await Promise.all([open(folder), open(folder), open(folder)]);
    const results = await Promise.all(
      stores.flatMap((store) =>
        Array.from({ length: 8 }, (_, batch) => sell(store, buy('a'), buy('b', 1, `k${batch}`))),
      ),
    );
    const orders = results.flat().flatMap((each) => (each.kind === 'sold' ? [each] : []));
    const distinct = new Map(orders.map((order) => [order.orderId, order]));
    const serials = (id: string) =>
      [...distinct.values()]
        .filter(({ eventId }) => eventId === id)
        .flatMap((order) => order.serials)
        .sort((one, other) => one - other);
    expect(serials('a')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(serials('b')).toEqual([1, 2, 3]);
    for (const store of stores) {
      for (const order of orders) expect(await store.find(order.orderId)).toEqual(order);
    }
    expect(await checkLedger(folder)).toMatchObject({ sales: 13, partialBytes: 0 });
  });
});

describe('damage that shows while it is sold', () => {
  test('stops the office once, and keeps it closed until somebody has looked', async () => {
    const folder = await soldFolder();
    const faults: unknown[] = [];
    const options = { ...openOptions(folder, true), onFault: (fault: Error) => faults.push(fault) };
    const store = await open(folder, options);
    const offset = await appendImpossible(folder);
    for (let attempt = 0; attempt < 3; attempt++) {
      await expect(sell(store, buy('a'))).rejects.toMatchObject({ code: 'DAMAGED', offset });
      await expect(store.search()).rejects.toMatchObject({ code: 'DAMAGED', offset });
    }
    await expect.poll(() => faults).toMatchObject([{ code: 'DAMAGED' }]);
    expect(readFileSync(damagedIn(folder), 'utf8')).toMatch(`at byte ${offset}: `);

    truncateSync(ledgerIn(folder), offset); // somebody mends it; the mark still stands
    for (const start of [() => ledger.prepare(folder), () => ledger.open(options)]) {
      await expect(start()).rejects.toMatchObject({ code: 'DAMAGED', exitCode: 3, offset });
    }
    await checkLedger(folder);
    await ledger.prepare(folder);
    expect(await sell(await open(folder), buy('a'))).toMatchObject([{ serials: [4] }]);
    expect(faults).toHaveLength(1);
  });

  test('is not passed over by a look that comes later', async () => {
    const folder = await soldFolder();
    const offset = await appendImpossible(folder);
    await expect(checkLedger(folder)).rejects.toMatchObject({ offset });
    await expect(ledger.prepare(folder)).rejects.toMatchObject({ offset });
    await expect(ledger.history(folder)).rejects.toMatchObject({ offset });
  });

  test('says where, once', async () => {
    const folder = await soldFolder();
    writeFileSync(damagedIn(folder), `${new DamagedLedgerError(77, 'it smells').message}\n`);
    await expect(ledger.prepare(folder)).rejects.toThrow(
      /^the ledger is damaged at byte 77: it smells \(found/,
    );
    writeFileSync(damagedIn(folder), 'by hand');
    await expect(ledger.prepare(folder)).rejects.toMatchObject({ offset: 0 });
    expect(existsSync(join(folder, 'DAMAGED'))).toBe(true);
  });

  test('a foreign line is skipped, and one that claims what is not so is damage', async () => {
    const folder = await soldFolder();
    const store = await open(folder, { ...openOptions(folder, true), onFault: () => {} });
    appendFileSync(ledgerIn(folder), `${encodeLine({ seq: 0, format: 'x' } as never)}\nhello\n`);
    expect(await sell(store, buy('a'))).toMatchObject([{ serials: [4] }]);
    const lie = commitLine(headAt(1, Buffer.from('x')), { synced: { seq: 99, hash: 'x' } });
    appendFileSync(ledgerIn(folder), `${lie}\n`);
    await expect(sell(store, buy('a'))).rejects.toThrow('line 99');
  });
});
