import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LedgerFile } from '../../../src/store/ledger/ledger-file.js';
import { loadLedger } from '../../../src/store/ledger/load.js';
import { violationsIn } from './check-answers.js';
import { fileOf, genesisLine } from './ledger-lines.js';
import { MemoryDisk, staticFile } from './memory-disk.js';
import { buy, openStore, sell } from './open-store.js';
import { crash, type Open } from './power-cut.js';
import { crashOfVerbs } from './power-cut-verbs.js';

/** Whether the property finds a violation of this store. */
const isCaught = async (open: Open): Promise<boolean> =>
  (await fc.check(crash(open), { numRuns: 500 })).failed;

describe('a power cut at any file call', () => {
  test('loses no sale that a buyer was answered with', async () => {
    await fc.assert(crash(), { numRuns: 400 });
  });

  test('loses answered sales with DURABILITY=os', async () => {
    expect(await isCaught((file) => openStore(file, { durable: false }))).toBe(true);
  });

  test('loses answered sales if syncs do nothing', async () => {
    expect(await isCaught((file) => openStore({ ...file, datasync: async () => {} }))).toBe(true);
  });
});

describe('a power cut in the midst of any verb', () => {
  test('loses nothing that a client was answered', async () => {
    await fc.assert(crashOfVerbs(), { numRuns: 300 });
  });

  test('loses answers if syncs do nothing', async () => {
    const withoutSync: Open = (file) => openStore({ ...file, datasync: async () => {} });
    expect((await fc.check(crashOfVerbs(withoutSync), { numRuns: 500 })).failed).toBe(true);
  });
});

describe('a refusal decided on an unsynced sale', () => {
  /** One writer sells all of b, and its sync never ends; another writer must refuse; then the power is cut. */
  async function violationsAfterPowerCut(open: Open): Promise<string[]> {
    const disk = new MemoryDisk(fileOf(genesisLine()));
    const neverSyncs = { ...disk.open(), datasync: () => new Promise<void>(() => {}) };
    await (await openStore(neverSyncs)).sell([buy('b', 3)]);
    const results = await sell(await open(disk.open()), buy('b'));
    expect(results).toMatchObject([{ kind: 'soldOut' }]);
    const bytes = disk.bytes.subarray(0, disk.synced);
    return violationsIn(bytes, [{ buys: [buy('b')], results }], { all: false });
  }

  test('waits for a sync', async () => {
    expect(await violationsAfterPowerCut(openStore)).toEqual([]);
  });

  test('would be wrong after the power cut if it did not wait', async () => {
    const withoutSync: Open = async (file) => {
      const store = await openStore(file);
      const sell = store.sell.bind(store);
      store.sell = async (buys) => ({ ...(await sell(buys)), durable: Promise.resolve() });
      return store;
    };
    expect(await violationsAfterPowerCut(withoutSync)).toHaveLength(1);
  });
});

describe('a line that lost only its newline', () => {
  /** A writer died before it wrote the newline; its buyer was not answered. */
  async function diskWithTornLine(): Promise<MemoryDisk> {
    const disk = new MemoryDisk(fileOf(genesisLine()));
    const whole = new MemoryDisk(disk.bytes);
    await sell(await openStore(whole.open()), buy('a', 3));
    disk.bytes = whole.bytes.subarray(0, -1);
    return disk;
  }

  const remaining = async (bytes: Buffer): Promise<number | undefined> => {
    const { fold, lines } = await loadLedger(staticFile(bytes));
    await lines.readNewLines((line, offset) => void fold.take(line, offset));
    return fold.state.events.a?.remaining;
  };

  test('is not completed by the next writer', async () => {
    const disk = await diskWithTornLine();
    const results = await sell(await openStore(disk.open()), buy('a'));
    expect(results).toMatchObject([{ serials: [1], remaining: 9 }]);
    expect(await remaining(disk.bytes)).toBe(9);
  });

  test('would become a sale without a buyer if the next writer wrote a bare newline', async () => {
    const disk = await diskWithTornLine();
    const file = disk.open();
    const bareNewline: LedgerFile = {
      ...file,
      write: (bytes) => file.write(bytes[0] === 0x23 ? bytes.subarray(1) : bytes),
    };
    await sell(await openStore(bareNewline), buy('a'));
    expect(await remaining(disk.bytes)).toBe(6);
  });
});
