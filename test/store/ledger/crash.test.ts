import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Buy } from '../../../src/booking/outcomes.js';
import type { Tell } from '../../../src/booking/steps.js';
import type { Sale } from '../../../src/booking/store.js';
import { loadLedger } from '../../../src/store/ledger/load.js';
import { type LedgerFile, LedgerStore } from '../../../src/store/ledger/store.js';
import { type Answered, faultsIn } from './judged.js';
import { fileOf, genesisLine } from './lines-of.js';
import { MemoryDisk, still } from './memory-disk.js';
import { buy, openStore, optionsFor, sell } from './open-store.js';
import { plans } from './plans.js';

/** Opens a store like an office does, or a broken one. */
type Open = (file: LedgerFile) => Promise<LedgerStore>;

/** What a power cut leaves, and what buyers had been told by then. */
interface Left {
  readonly bytes: Buffer;
  readonly synced: number;
  readonly answered: readonly Answered[];
}

/** Lets writers sell, and looks at the disk when so many calls were made. */
async function sellUntil(
  calls: number,
  turn: () => Promise<void>,
  wait: (writing: Promise<unknown>) => Promise<unknown>,
  plan: readonly (readonly (readonly Buy[])[])[],
  open: Open,
): Promise<Left> {
  const answered: Answered[] = [];
  let left: Left | undefined;
  let made = 0;
  const look = (): Left => ({ bytes: disk.bytes, synced: disk.synced, answered: [...answered] });
  const disk = new MemoryDisk(fileOf(genesisLine()), () => {
    if (++made === calls) left = look();
    return turn();
  });
  const writing = plan.map(async (batches) => {
    const store = await open(disk.open());
    for (const batch of batches) answered.push({ buys: batch, told: await sell(store, ...batch) });
  });
  await wait(Promise.all(writing));
  return left ?? look();
}

/** What may be left of what no sync covered: any part of it, and not in order. */
interface Loss {
  readonly keep: number;
  readonly hole: readonly [number, number];
}

function afterPowerCut({ bytes, synced }: Left, { keep, hole }: Loss): Buffer {
  const unsynced = bytes.length - synced;
  const after = Buffer.from(bytes.subarray(0, synced + Math.floor(keep * unsynced)));
  const [from, to] = hole.map((part) => synced + Math.floor(part * (after.length - synced)));
  if (from !== undefined && to !== undefined && from < to) after.fill(0, from, to);
  return after;
}

const part = fc.double({ min: 0, max: 1, noNaN: true });
const losses: fc.Arbitrary<Loss> = fc.record({
  keep: fc.oneof(part, fc.constant(1)),
  hole: fc.oneof(fc.constant([0, 0] as const), fc.tuple(part, part)),
});

const crash = (open: Open = openStore) =>
  fc.asyncProperty(
    fc.scheduler(),
    plans,
    fc.integer({ min: 1, max: 150 }),
    losses,
    async (scheduler, plan, calls, loss) => {
      const left = await sellUntil(
        calls,
        () => scheduler.schedule(Promise.resolve()),
        (writing) => scheduler.waitFor(writing),
        plan,
        open,
      );
      const bytes = afterPowerCut(left, loss);
      expect(await faultsIn(bytes, left.answered, { all: false })).toEqual([]);

      // And life goes on: what was torn stays torn, whatever is written behind it.
      const disk = new MemoryDisk(bytes, () => Promise.resolve());
      const store = await openStore(disk.open());
      const after: Answered[] = [];
      for (const batch of [[buy('a'), buy('b', 1, 'new')], [buy('a', 2)]]) {
        after.push({ buys: batch, told: await sell(store, ...batch) });
      }
      expect(await faultsIn(disk.bytes, [...left.answered, ...after], { all: false })).toEqual([]);
    },
  );

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
    await (await openStore(stuck)).sell([buy('b', 3)], () => {});
    const told = await sell(await open(disk.open()), buy('b'));
    expect(told).toMatchObject([{ kind: 'soldOut' }]);
    const bytes = disk.bytes.subarray(0, disk.synced);
    return faultsIn(bytes, [{ buys: [buy('b')], told }], { all: false });
  }

  test('waits for one', async () => {
    expect(await faultsAfter(openStore)).toEqual([]);
  });

  test('would be untrue if it did not', async () => {
    class Hasty extends LedgerStore {
      override async sell(buys: readonly Buy[], tell: Tell): Promise<Sale> {
        return { ...(await super.sell(buys, tell)), durable: Promise.resolve() };
      }
    }
    const hasty: Open = async (file) => new Hasty(await optionsFor(file));
    expect(await faultsAfter(hasty)).toHaveLength(1);
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
    await lines.readOn((line, offset) => void fold.take(line, offset));
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
