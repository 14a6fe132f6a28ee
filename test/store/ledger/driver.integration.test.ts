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
import { ledgerIn, secretIn, ticketsIn } from '../../../src/store/ledger/paths.js';
import { damagedIn } from '../../../src/store/shared/damage-marker.js';
import { anEvent, openOptions, testFolder } from '../../support/folder.js';
import { commitLine, events, headAfter, op } from './ledger-lines.js';
import { buy, sell } from './open-store.js';

async function open(folder: string, options = openOptions(folder, true)): Promise<Store> {
  const store = await ledger.open(options);
  onTestFinished(() => store.close());
  return store;
}

/** A folder with sales that no process has open. */
async function folderWithSales(): Promise<string> {
  const folder = testFolder(events());
  await ledger.prepare(folder);
  const store = await ledger.open(openOptions(folder, true));
  await sell(store, buy('a', 2), buy('b'));
  await sell(store, buy('a'));
  await store.close();
  return folder;
}

/** Appends a line that sells a ticket twice, and returns its offset. */
async function appendImpossibleLine(folder: string): Promise<number> {
  const bytes = readFileSync(ledgerIn(folder));
  const last = bytes.lastIndexOf(0x0a, bytes.length - 2) + 1;
  const { state } = await inspectLedger(folder);
  const head = headAfter(state.version, bytes.subarray(last, -1), last);
  const line = commitLine(head, { ops: [op(4, 6), op(4, 6)] });
  appendFileSync(ledgerIn(folder), `${line}\n`);
  return bytes.length;
}

describe('ledger driver', () => {
  test('creates a ledger once when many processes prepare a folder at once', async () => {
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
    ['no bytes', () => ''],
    ['garbage', () => '\0\0\0\0\n'],
    ['half a genesis', (genesis: string) => genesis.slice(0, 100)],
    ['a genesis without its newline', (genesis: string) => genesis.slice(0, -1)],
  ])('rejects a ledger of %s, and does not create a new one', async (_, tear) => {
    const folder = testFolder(events());
    await ledger.prepare(folder);
    rmSync(ticketsIn(folder));
    const torn = tear(readFileSync(ledgerIn(folder), 'utf8'));
    writeFileSync(ledgerIn(folder), torn);
    await expect(ledger.prepare(folder)).rejects.toMatchObject({ code: 'DAMAGED', offset: 0 });
    expect(readFileSync(ledgerIn(folder), 'utf8')).toBe(torn);
  });

  test('rejects a folder whose ledger is missing, and does not create a new one', async () => {
    const folder = await folderWithSales();
    rmSync(ledgerIn(folder));
    await expect(ledger.open(openOptions(folder, true))).rejects.toThrow('ENOENT');
    await expect(ledger.prepare(folder)).rejects.toThrow('restore it');
    const tickets = readFileSync(ticketsIn(folder), 'utf8');
    writeFileSync(ticketsIn(folder), tickets.replace('"remaining":7', '"remaining":8'));
    await expect(ledger.prepare(folder)).rejects.toThrow('restore it');
    expect(existsSync(ledgerIn(folder))).toBe(false);
  });

  test('rejects a checkpoint of another ledger', async () => {
    const [folder, other] = [await folderWithSales(), await folderWithSales()];
    writeFileSync(ledgerIn(folder), readFileSync(ledgerIn(other)));
    await expect(ledger.prepare(folder)).rejects.toThrow('another ledger');
  });

  test('rejects a ledger that is older than its checkpoint', async () => {
    const folder = await folderWithSales();
    await ledger.prepare(folder);
    truncateSync(ledgerIn(folder), readFileSync(ledgerIn(folder)).length - 10);
    await expect(ledger.prepare(folder)).rejects.toThrow(DamagedLedgerError);
  });

  /** A copy of a folder in use, whose files were copied in this order, with a sale after each. */
  async function copyWhileSelling(...order: readonly ((folder: string) => string)[]) {
    const folder = await folderWithSales();
    const copy = testFolder();
    const store = await open(folder);
    for (const pathIn of order) {
      writeFileSync(pathIn(copy), readFileSync(pathIn(folder)));
      await sell(store, buy('a'));
      await ledger.prepare(folder); // writes the checkpoint
    }
    return copy;
  }

  test('opens a copy of a ledger in use whose checkpoint was copied first', async () => {
    const copy = await copyWhileSelling(ticketsIn, secretIn, ledgerIn);
    await ledger.prepare(copy);
    expect(await readCheckpoint(ticketsIn(copy))).toMatchObject({ version: 4 });
  });

  test('rejects a copy whose ledger was copied first, and says how to accept it', async () => {
    const copy = await copyWhileSelling(ledgerIn, secretIn, ticketsIn);
    for (const start of [ledger.prepare, ledger.history, checkLedger]) {
      await expect(start(copy)).rejects.toThrow(
        /ends before line 4, .+ sales are lost, or the ledger was copied before .+ remove tickets\.json$/,
      );
    }
    rmSync(ticketsIn(copy));
    await checkLedger(copy);
    await ledger.prepare(copy);
    expect(await readCheckpoint(ticketsIn(copy))).toMatchObject({ version: 2 });
    expect(await sell(await open(copy), buy('a'))).toMatchObject([{ serials: [4] }]);
  });

  test('rejects a ledger with another line than its checkpoint names, and says how to accept it', async () => {
    const folder = await folderWithSales();
    await ledger.prepare(folder);
    const bytes = readFileSync(ledgerIn(folder), 'utf8');
    writeFileSync(ledgerIn(folder), bytes.replace(/Ada(?=[^\n]*\n$)/, 'Eve'));
    await expect(ledger.prepare(folder)).rejects.toThrow(
      /names line 2, and there is none or another one: .+ remove tickets\.json$/,
    );
  });

  test('rejects a verdict while the damage marker is there', async () => {
    const folder = await folderWithSales();
    await ledger.history(folder);
    writeFileSync(damagedIn(folder), `${new DamagedLedgerError(77, 'replaced').message}\n`);
    await expect(ledger.history(folder)).rejects.toMatchObject({ code: 'DAMAGED', exitCode: 3 });
  });

  test.each(['', 'garbage', '{"version":9,"events":{}}'])(
    'replaces the invalid checkpoint %j',
    async (invalid) => {
      const folder = await folderWithSales();
      writeFileSync(ticketsIn(folder), invalid);
      await ledger.prepare(folder);
      expect(await readCheckpoint(ticketsIn(folder))).toMatchObject({ version: 2, ops: 3 });
    },
  );

  test('creates no ledger with more events than one line can hold', async () => {
    const long = anEvent(1, { name: '\u0001'.repeat(200), venue: '\u0001'.repeat(200) });
    const ids = Array.from({ length: 7000 }, (_, index) => `e${index}`);
    const folder = testFolder(Object.fromEntries(ids.map((id) => [id, long])));
    await expect(ledger.prepare(folder)).rejects.toThrow('too many events');
    expect(existsSync(ledgerIn(folder))).toBe(false);
  });

  test('sells each ticket and each key once with three stores on one folder', async () => {
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

describe('ledger driver on damage found while selling', () => {
  test('reports the fault once, and rejects a start until the ledger was checked', async () => {
    const folder = await folderWithSales();
    const faults: unknown[] = [];
    const options = { ...openOptions(folder, true), onFault: (fault: Error) => faults.push(fault) };
    const store = await open(folder, options);
    const offset = await appendImpossibleLine(folder);
    for (let attempt = 0; attempt < 3; attempt++) {
      await expect(sell(store, buy('a'))).rejects.toMatchObject({ code: 'DAMAGED', offset });
      await expect(store.search()).rejects.toMatchObject({ code: 'DAMAGED', offset });
    }
    await expect.poll(() => faults).toMatchObject([{ code: 'DAMAGED' }]);
    expect(readFileSync(damagedIn(folder), 'utf8')).toMatch(`at byte ${offset}: `);

    await store.close(); // its server exits
    truncateSync(ledgerIn(folder), offset); // repaired, but the damage marker is still there
    for (const start of [() => ledger.prepare(folder), () => ledger.open(options)]) {
      await expect(start()).rejects.toMatchObject({ code: 'DAMAGED', exitCode: 3, offset });
    }
    await checkLedger(folder);
    await ledger.prepare(folder);
    expect(await sell(await open(folder), buy('a'))).toMatchObject([{ serials: [4] }]);
    expect(faults).toHaveLength(1);
  });

  test('reports the damage again to every later reader', async () => {
    const folder = await folderWithSales();
    const offset = await appendImpossibleLine(folder);
    await expect(checkLedger(folder)).rejects.toMatchObject({ offset });
    await expect(ledger.prepare(folder)).rejects.toMatchObject({ offset });
    await expect(ledger.history(folder)).rejects.toMatchObject({ offset });
  });

  test('reports the offset from the damage marker', async () => {
    const folder = await folderWithSales();
    writeFileSync(damagedIn(folder), `${new DamagedLedgerError(77, 'bad line').message}\n`);
    await expect(ledger.prepare(folder)).rejects.toThrow(
      /^the ledger is damaged at byte 77: bad line \(found/,
    );
    writeFileSync(damagedIn(folder), 'by hand');
    await expect(ledger.prepare(folder)).rejects.toMatchObject({ offset: 0 });
    expect(existsSync(join(folder, 'DAMAGED'))).toBe(true);
  });

  test('skips a foreign line, and reports a line with a false claim', async () => {
    const folder = await folderWithSales();
    const store = await open(folder, { ...openOptions(folder, true), onFault: () => {} });
    appendFileSync(ledgerIn(folder), `${encodeLine({ seq: 0, format: 'x' } as never)}\nhello\n`);
    expect(await sell(store, buy('a'))).toMatchObject([{ serials: [4] }]);
    const falseClaim = commitLine(headAfter(1, Buffer.from('x')), {
      synced: { seq: 99, hash: 'x' },
    });
    appendFileSync(ledgerIn(folder), `${falseClaim}\n`);
    await expect(sell(store, buy('a'))).rejects.toThrow('line 99');
  });
});
