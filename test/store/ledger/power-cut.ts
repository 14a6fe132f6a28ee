import fc from 'fast-check';
import { expect } from 'vitest';
import type { Buy } from '../../../src/booking/outcomes.js';
import type { LedgerFile } from '../../../src/store/ledger/ledger-file.js';
import type { LedgerStore } from '../../../src/store/ledger/store.js';
import { type Answered, faultsIn, ordersIn } from './judged.js';
import { fileOf, genesisLine } from './lines-of.js';
import { MemoryDisk } from './memory-disk.js';
import { buy, openStore, sell } from './open-store.js';
import { plans } from './plans.js';

/** Opens a store like an office does, or a broken one. */
export type Open = (file: LedgerFile) => Promise<LedgerStore>;

/** What a power cut leaves, and what buyers had been told by then. */
interface Left {
  readonly bytes: Buffer;
  readonly synced: number;
  readonly answered: readonly Answered[];
}

/** Lets writers sell, and looks at the disk when so many calls were made. */
async function sellUntil(
  calls: number,
  batch: () => Promise<void>,
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
    return batch();
  });
  const writing = plan.map(async (batches) => {
    const store = await open(disk.open());
    for (const batch of batches)
      answered.push({ buys: batch, results: await sell(store, ...batch) });
  });
  await wait(Promise.all(writing));
  return left ?? look();
}

/** What may be left of what no sync covered: any part of it, and not in order. */
interface Loss {
  readonly keep: number;
  /** Bytes that are missing behind it: of a line that lacks its newline only, nothing may come. */
  readonly lack: number;
  readonly hole: readonly [number, number];
}

function afterPowerCut({ bytes, synced }: Left, { keep, lack, hole }: Loss): Buffer {
  const unsynced = Math.max(0, bytes.length - synced - lack);
  const after = Buffer.from(bytes.subarray(0, synced + Math.floor(keep * unsynced)));
  const [from, to] = hole.map((part) => synced + Math.floor(part * (after.length - synced)));
  if (from !== undefined && to !== undefined && from < to) after.fill(0, from, to);
  return after;
}

const part = fc.double({ min: 0, max: 1, noNaN: true });
const losses: fc.Arbitrary<Loss> = fc.record({
  keep: fc.oneof(part, fc.constant(1)),
  lack: fc.nat(2),
  hole: fc.oneof(fc.constant([0, 0] as const), fc.tuple(part, part)),
});

/**
 * Several writers sell, the power goes, and of what no sync covered any part is lost: what anybody was
 * told must be there, and what is sold after it must not bring back what was torn.
 */
export const crash = (open: Open = openStore) =>
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
        after.push({ buys: batch, results: await sell(store, ...batch) });
      }
      expect(await faultsIn(disk.bytes, [...left.answered, ...after], { all: false })).toEqual([]);
      const sold = new Set(
        after.flatMap(({ results }) =>
          results.flatMap((each) => (each.kind === 'sold' ? each.orderId : [])),
        ),
      );
      expect(await ordersIn(disk.bytes)).toBe((await ordersIn(bytes)) + sold.size);
    },
  );
