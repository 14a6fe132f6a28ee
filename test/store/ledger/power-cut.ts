import fc from 'fast-check';
import { expect } from 'vitest';
import type { Buy } from '../../../src/booking/commands.js';
import type { LedgerFile } from '../../../src/store/ledger/ledger-file.js';
import type { LedgerStore } from '../../../src/store/ledger/store.js';
import { batchesPerWriter } from './arbitraries.js';
import { type AnsweredBatch, countOrders, violationsIn } from './check-answers.js';
import { fileOf, genesisLine } from './ledger-lines.js';
import { MemoryDisk } from './memory-disk.js';
import { buy, openStore, sell } from './open-store.js';

/** Opens a store. Negative controls open a broken one. */
export type Open = (file: LedgerFile) => Promise<LedgerStore>;

/** The disk at the moment of a power cut, and what buyers had been answered by then. */
export interface AtPowerCut {
  readonly bytes: Buffer;
  readonly synced: number;
  readonly answered: readonly AnsweredBatch[];
}

/** Lets several writers sell, and copies the disk when this many file calls were made. */
async function sellUntil(
  calls: number,
  yieldControl: () => Promise<void>,
  waitFor: (writing: Promise<unknown>) => Promise<unknown>,
  plan: readonly (readonly (readonly Buy[])[])[],
  open: Open,
): Promise<AtPowerCut> {
  const answered: AnsweredBatch[] = [];
  let atPowerCut: AtPowerCut | undefined;
  let callsMade = 0;
  const copyDisk = (): AtPowerCut => ({
    bytes: disk.bytes,
    synced: disk.synced,
    answered: [...answered],
  });
  const disk = new MemoryDisk(fileOf(genesisLine()), () => {
    if (++callsMade === calls) atPowerCut = copyDisk();
    return yieldControl();
  });
  const writing = plan.map(async (batches) => {
    const store = await open(disk.open());
    for (const batch of batches)
      answered.push({ buys: batch, results: await sell(store, ...batch) });
  });
  await waitFor(Promise.all(writing));
  return atPowerCut ?? copyDisk();
}

/** Which of the unsynced bytes a power cut loses: any part of them, in any order. */
export interface Loss {
  /** The part that is kept, from 0 to 1. */
  readonly keep: number;
  /** Bytes missing at the end; one byte is the newline of the last line. */
  readonly missing: number;
  /** The part of the kept bytes that reads as zeros. */
  readonly hole: readonly [number, number];
}

/** The bytes that a power cut leaves. */
export function afterPowerCut(
  { bytes, synced }: Pick<AtPowerCut, 'bytes' | 'synced'>,
  { keep, missing, hole }: Loss,
): Buffer {
  const unsynced = Math.max(0, bytes.length - synced - missing);
  const after = Buffer.from(bytes.subarray(0, synced + Math.floor(keep * unsynced)));
  const [from, to] = hole.map((part) => synced + Math.floor(part * (after.length - synced)));
  if (from !== undefined && to !== undefined && from < to) after.fill(0, from, to);
  return after;
}

const part = fc.double({ min: 0, max: 1, noNaN: true });
export const losses: fc.Arbitrary<Loss> = fc.record({
  keep: fc.oneof(part, fc.constant(1)),
  missing: fc.nat(2),
  hole: fc.oneof(fc.constant([0, 0] as const), fc.tuple(part, part)),
});

/**
 * Several writers sell, the power is cut, and any part of the unsynced bytes is lost. Every answer must
 * still be true, and later sales must not complete a torn line.
 */
export const crash = (open: Open = openStore) =>
  fc.asyncProperty(
    fc.scheduler(),
    batchesPerWriter,
    fc.integer({ min: 1, max: 150 }),
    losses,
    async (scheduler, plan, calls, loss) => {
      const atPowerCut = await sellUntil(
        calls,
        () => scheduler.schedule(Promise.resolve()),
        (writing) => scheduler.waitFor(writing),
        plan,
        open,
      );
      const bytes = afterPowerCut(atPowerCut, loss);
      expect(await violationsIn(bytes, atPowerCut.answered, { all: false })).toEqual([]);

      // A torn line stays torn, whatever is appended after it.
      const disk = new MemoryDisk(bytes, () => Promise.resolve());
      const store = await openStore(disk.open());
      const after: AnsweredBatch[] = [];
      for (const batch of [[buy('a'), buy('b', 1, 'new')], [buy('a', 2)]]) {
        after.push({ buys: batch, results: await sell(store, ...batch) });
      }
      expect(
        await violationsIn(disk.bytes, [...atPowerCut.answered, ...after], { all: false }),
      ).toEqual([]);
      const sold = new Set(
        after.flatMap(({ results }) =>
          results.flatMap((each) => (each.kind === 'sold' ? each.orderId : [])),
        ),
      );
      expect(await countOrders(disk.bytes)).toBe((await countOrders(bytes)) + sold.size);
    },
  );
