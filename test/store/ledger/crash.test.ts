import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LedgerFile } from '../../../src/store/ledger/ledger-file.js';
import { loadLedger } from '../../../src/store/ledger/load.js';
import { faultsIn } from './judged.js';
import { fileOf, genesisLine } from './lines-of.js';
import { MemoryDisk, still } from './memory-disk.js';
import { buy, openStore, sell } from './open-store.js';
import { crash, type Open } from './power-cut.js';

const found = async (open: Open): Promise<boolean> =>
  (await fc.check(crash(open), { numRuns: 500 })).failed;

describe('a power cut at any moment', () => {
  test('takes nothing that anybody was told of', async () => {
    await fc.assert(crash(), { numRuns: 400 });
  });

  test('takes sales that were told before a sync: DURABILITY=os', async () => {
    expect(await found((file) => openStore(file, { durable: false }))).toBe(true);
  });

  test('takes sales from a disk that lies about its syncs', async () => {
    expect(await found((file) => openStore({ ...file, datasync: async () => {} }))).toBe(true);
  });
});

describe('a refusal made from a sale that no sync has covered yet', () => {
  /** One sells all of b and waits for its sync in vain; the other must refuse; then the power goes. */
  async function faultsAfter(open: Open): Promise<string[]> {
    const disk = new MemoryDisk(fileOf(genesisLine()));
    const stuck = { ...disk.open(), datasync: () => new Promise<void>(() => {}) };
    await (await openStore(stuck)).sell([buy('b', 3)]);
    const results = await sell(await open(disk.open()), buy('b'));
    expect(results).toMatchObject([{ kind: 'soldOut' }]);
    const bytes = disk.bytes.subarray(0, disk.synced);
    return faultsIn(bytes, [{ buys: [buy('b')], results }], { all: false });
  }

  test('waits for one', async () => {
    expect(await faultsAfter(openStore)).toEqual([]);
  });

  test('would be untrue if it did not', async () => {
    const withoutSync: Open = async (file) => {
      const store = await openStore(file);
      const sell = store.sell.bind(store);
      store.sell = async (buys) => ({ ...(await sell(buys)), durable: Promise.resolve() });
      return store;
    };
    expect(await faultsAfter(withoutSync)).toHaveLength(1);
  });
});

describe('a line that lacks only its newline', () => {
  /** Somebody dies while the newline is still to be written; nobody was told of the sale. */
  async function torn(): Promise<MemoryDisk> {
    const disk = new MemoryDisk(fileOf(genesisLine()));
    const whole = new MemoryDisk(disk.bytes);
    await sell(await openStore(whole.open()), buy('a', 3));
    disk.bytes = whole.bytes.subarray(0, -1);
    return disk;
  }

  const remaining = async (bytes: Buffer): Promise<number | undefined> => {
    const { fold, lines } = await loadLedger(still(bytes));
    await lines.readNewLines((line, offset) => void fold.take(line, offset));
    return fold.state.events.a?.remaining;
  };

  test('is not completed by who writes next', async () => {
    const disk = await torn();
    const answered = await sell(await openStore(disk.open()), buy('a'));
    expect(answered).toMatchObject([{ serials: [1], remaining: 9 }]);
    expect(await remaining(disk.bytes)).toBe(9);
  });

  test('would be, by a bare newline: a sale that nobody has', async () => {
    const disk = await torn();
    const file = disk.open();
    const bare: LedgerFile = {
      ...file,
      write: (bytes) => file.write(bytes[0] === 0x23 ? bytes.subarray(1) : bytes),
    };
    await sell(await openStore(bare), buy('a'));
    expect(await remaining(disk.bytes)).toBe(6);
  });
});
