import fc from 'fast-check';
import { expect } from 'vitest';
import { faultsIn, ordersIn } from './judged.js';
import { fileOf, genesisLine } from './lines-of.js';
import { MemoryDisk } from './memory-disk.js';
import { buy, openStore, sell } from './open-store.js';
import { plans } from './plans.js';
/** Lets writers sell, and looks at the disk when so many calls were made. */
async function sellUntil(calls, turn, wait, plan, open) {
    const answered = [];
    let left;
    let made = 0;
    const look = () => ({ bytes: disk.bytes, synced: disk.synced, answered: [...answered] });
    const disk = new MemoryDisk(fileOf(genesisLine()), () => {
        if (++made === calls)
            left = look();
        return turn();
    });
    const writing = plan.map(async (batches) => {
        const store = await open(disk.open());
        for (const batch of batches)
            answered.push({ buys: batch, told: await sell(store, ...batch) });
    });
    await wait(Promise.all(writing));
    return left ?? look();
}
function afterPowerCut({ bytes, synced }, { keep, lack, hole }) {
    const unsynced = Math.max(0, bytes.length - synced - lack);
    const after = Buffer.from(bytes.subarray(0, synced + Math.floor(keep * unsynced)));
    const [from, to] = hole.map((part) => synced + Math.floor(part * (after.length - synced)));
    if (from !== undefined && to !== undefined && from < to)
        after.fill(0, from, to);
    return after;
}
const part = fc.double({ min: 0, max: 1, noNaN: true });
const losses = fc.record({
    keep: fc.oneof(part, fc.constant(1)),
    lack: fc.nat(2),
    hole: fc.oneof(fc.constant([0, 0]), fc.tuple(part, part)),
});
/**
 * Several writers sell, the power goes, and of what no sync covered any part is lost: what anybody was
 * told must be there, and what is sold after it must not bring back what was torn.
 */
export const crash = (open = openStore) => fc.asyncProperty(fc.scheduler(), plans, fc.integer({ min: 1, max: 150 }), losses, async (scheduler, plan, calls, loss) => {
    const left = await sellUntil(calls, () => scheduler.schedule(Promise.resolve()), (writing) => scheduler.waitFor(writing), plan, open);
    const bytes = afterPowerCut(left, loss);
    expect(await faultsIn(bytes, left.answered, { all: false })).toEqual([]);
    // And life goes on: what was torn stays torn, whatever is written behind it.
    const disk = new MemoryDisk(bytes, () => Promise.resolve());
    const store = await openStore(disk.open());
    const after = [];
    for (const batch of [[buy('a'), buy('b', 1, 'new')], [buy('a', 2)]]) {
        after.push({ buys: batch, told: await sell(store, ...batch) });
    }
    expect(await faultsIn(disk.bytes, [...left.answered, ...after], { all: false })).toEqual([]);
    const sold = new Set(after.flatMap(({ told }) => told.flatMap((each) => (each.kind === 'sold' ? each.orderId : []))));
    expect(await ordersIn(disk.bytes)).toBe((await ordersIn(bytes)) + sold.size);
});
//# sourceMappingURL=power-cut.js.map