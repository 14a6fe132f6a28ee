import fs, {
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Store } from '../../../src/booking/store.js';
import { json } from '../../../src/store/json/driver.js';
import { Receipts } from '../../../src/store/json/receipts.js';
import { judge } from '../../../src/verdict/judge.js';
import { anEvent, openOptions, testFolder } from '../../support/folder.js';

/** A folder in which two tickets were sold, and the store that sold them. */
async function folderWithSales(exclusive = true) {
  const folder = testFolder({ a: anEvent(1000) });
  const store = await open(folder, exclusive);
  await sell(store);
  await sell(store);
  const tickets = join(folder, 'tickets.json');
  return { folder, store, tickets, receipts: join(folder, 'receipts.jsonl') };
}

async function open(folder: string, exclusive = true): Promise<Store> {
  const store = await json.open({ ...openOptions(folder, false), exclusive });
  onTestFinished(() => store.close());
  return store;
}

const buy = [{ kind: 'buy' as const, eventId: 'a', customer: 'Ada', quantity: 1 }];
const sell = async (store: Store) => (await store.sell(buy)).results;
const prepare = (folder: string, exclusive = true) =>
  json.prepare(folder, { seeds: folder, waitMs: 0, exclusive });

/** Replaces a file the way an editor or a backup tool does. */
function replace(path: string, bytes: Buffer | string): void {
  writeFileSync(`${path}.new`, bytes);
  renameSync(`${path}.new`, path);
}

const attacks: Record<string, (receipts: string) => void> = {
  removed: (path) => rmSync(path),
  'moved away': (path) => renameSync(path, `${path}.old`),
  emptied: (path) => truncateSync(path),
  'cut by its last line': (path) => truncateSync(path, readFileSync(path).length - 20),
  'replaced by another file': (path) => replace(path, readFileSync(path)),
};

describe.each(Object.entries(attacks))(
  'receipts that are %s while a server sells',
  (_how, attack) => {
    test('stop it before another ticket is sold, and the verdict is broken', async () => {
      const { folder, store, receipts } = await folderWithSales();
      attack(receipts);
      await expect(store.sell(buy)).rejects.toMatchObject({ code: 'DAMAGED', exitCode: 3 });
      expect((await store.search()).state.version).toBe(2);
      expect(judge(await json.history(folder))).toMatchObject({ verdict: 'broken' });
      await expect(prepare(folder)).rejects.toThrow(
        /is damaged: receipts\.jsonl was .*npm run reset/,
      );
    });

    test('negative control: without the comparison it sells on', async () => {
      const { store, receipts } = await folderWithSales();
      vi.spyOn(Receipts.prototype, 'assertWhole').mockImplementation(
        () => statSync(receipts, { throwIfNoEntry: false })?.size ?? 0,
      );
      onTestFinished(() => void vi.restoreAllMocks());
      attack(receipts);
      expect(await sell(store)).toMatchObject([{ kind: 'sold', serials: [3] }]);
    });
  },
);

describe('receipts that cannot be written', () => {
  /** From now on, until the returned function is called, no space is left for receipts. */
  function fillDisk(): () => void {
    const { writeSync } = fs;
    const replaceWrite = (write: unknown) => {
      Object.assign(fs, { writeSync: write });
      syncBuiltinESMExports();
    };
    replaceWrite(() => {
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    });
    const undo = () => replaceWrite(writeSync);
    onTestFinished(undo);
    return undo;
  }
  const versionOf = async (store: Store) => (await store.search()).state.version;

  test('take the tickets of one batch off sale, not of every batch', async () => {
    const { store } = await folderWithSales();
    const freeDisk = fillDisk();
    for (let batch = 1; batch <= 3; batch++) {
      await expect(store.sell(buy)).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(await versionOf(store)).toBe(3);
    }
    freeDisk();
    expect(await sell(store)).toMatchObject([{ serials: [4], version: 4 }]);
  });

  test('negative control: a store that knows of no failed write takes more off sale', async () => {
    const { folder } = await folderWithSales();
    fillDisk();
    for (const version of [3, 4, 5]) {
      const store = await open(folder);
      await expect(store.sell(buy)).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(await versionOf(store)).toBe(version);
    }
  });
});

describe('a json folder', () => {
  test('whose receipts are gone opens no more, and gets no new ones', async () => {
    const { folder, receipts } = await folderWithSales();
    rmSync(receipts);
    for (const start of [() => prepare(folder), () => json.open(openOptions(folder, false))]) {
      await expect(start()).rejects.toThrow(/has version 2, but .*receipts\.jsonl is gone/);
    }
    expect(existsSync(receipts)).toBe(false);
  });

  test('with an older ticket file is rejected, unless updates may be lost', async () => {
    const { folder, store, tickets } = await folderWithSales();
    const older = readFileSync(tickets);
    await sell(store);
    replace(tickets, older);
    await expect(prepare(folder)).rejects.toThrow(
      /is of version 2, and a sale of version 3 is on record in .*restore the two files/,
    );
    await prepare(folder, false);
  });

  test('whose version went back before a worker that just started sells is not sold from', async () => {
    const { folder, store, tickets } = await folderWithSales();
    const older = readFileSync(tickets);
    await sell(store);
    await store.close();
    replace(tickets, older);
    const restarted = await open(folder); // as a worker that replaces another one: nothing is prepared
    await expect(restarted.sell(buy)).rejects.toThrow('went back from version 3 to 2');
  });

  test('whose version went back to one that this worker knows, while others sold, stops it', async () => {
    const { folder, store, tickets } = await folderWithSales();
    const older = readFileSync(tickets);
    await sell(await open(folder));
    replace(tickets, older);
    await expect(store.sell(buy)).rejects.toThrow('went back from version 3 to 2');
  });

  test('negative control: a store that looks at no receipts sells the ticket twice', async () => {
    const { folder, store, tickets } = await folderWithSales();
    const older = readFileSync(tickets);
    const [first] = await sell(await open(folder));
    replace(tickets, older);
    vi.spyOn(Receipts.prototype, 'newestVersion').mockReturnValue(0);
    onTestFinished(() => void vi.restoreAllMocks());
    const [second] = await sell(store);
    expect(second).toMatchObject({ kind: 'sold', serials: [3] });
    expect(first).toMatchObject({ kind: 'sold', serials: [3] });
  });

  test('whose last receipt a crash tore is sold from', async () => {
    const { folder, receipts } = await folderWithSales();
    truncateSync(receipts, readFileSync(receipts).length - 10);
    expect(await sell(await open(folder))).toMatchObject([{ kind: 'sold', version: 3 }]);
  });

  test.each(['removed', 'emptied'])(
    'whose receipts were %s does not deny an order',
    async (how) => {
      const { store, receipts } = await folderWithSales();
      const [sold] = await sell(store);
      const { orderId } = sold as { orderId: string };
      attacks[how]?.(receipts);
      if (how === 'removed') expect(await store.find(orderId)).toMatchObject({ orderId });
      await expect(store.find(`zz-${orderId.split('-').slice(1).join('-')}`)).rejects.toMatchObject(
        {
          code: 'DAMAGED',
        },
      );
    },
  );

  test('that offers sold tickets is rejected', async () => {
    const { folder, tickets } = await folderWithSales();
    const offers = readFileSync(tickets, 'utf8').replace('998', '999');
    replace(tickets, offers.replace('"issued": 2', '"issued": 1'));
    await expect(prepare(folder)).rejects.toThrow('offers 1 tickets that are on record as sold');
  });

  test('whose tickets do not add up is rejected', async () => {
    const { folder, tickets } = await folderWithSales();
    replace(tickets, readFileSync(tickets, 'utf8').replace('998', '999'));
    await expect(prepare(folder)).rejects.toThrow('has 1 events whose tickets do not add up');
  });

  test('that a crash left between the two writes is accepted', async () => {
    const { folder, receipts } = await folderWithSales();
    truncateSync(receipts, readFileSync(receipts).length - 10);
    await prepare(folder);
  });

  test('whose version goes back while a server sells stops it, unless updates may be lost', async () => {
    for (const exclusive of [true, false]) {
      const { store, tickets } = await folderWithSales(exclusive);
      const older = readFileSync(tickets);
      await sell(store);
      replace(tickets, older);
      if (exclusive) {
        await expect(store.sell(buy)).rejects.toMatchObject({ code: 'DAMAGED', exitCode: 3 });
      } else {
        expect(await sell(store)).toMatchObject([{ serials: [3], version: 3 }]);
      }
    }
  });
});
