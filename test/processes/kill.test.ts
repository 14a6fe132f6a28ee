import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { lockModeNames, locks } from '../../src/lock/registry.js';
import { anEvent } from '../support/folder.js';
import { Load } from '../support/load.js';
import { kill, TestOffice } from '../support/office.js';

const STALE_MS = 2000;
const env = { LOCK_STALE_MS: String(STALE_MS), WORKERS: '2' };
const events = { big: anEvent(1_000_000) };
/** Where no ticket may be sold twice: json wants a lock over processes, the ledger wants none. */
const exact = [
  ...lockModeNames.flatMap((mode) =>
    locks[mode].scope === 'host' ? [['json', mode] as const] : [],
  ),
  ...lockModeNames.map((mode) => ['ledger', mode] as const),
];

/** Sells under load, kills a worker now and then, and answers what the buyers were told. */
async function sellAndKill(store: string, mode: string, program: string, kills: number) {
  const office = await TestOffice.startForTest({
    program,
    events,
    env: { ...env, STORE: store, LOCK_MODE: mode },
  });
  const load = new Load(office.url, 'big', 16);
  const gaps: number[] = [];
  for (let round = 0; round < kills; round++) {
    await sleep(200);
    await office.untilAllLive(); // or nobody would be left to sell
    const victim = (await office.workers())[round % 2];
    const killedAt = performance.now();
    kill(victim?.pid ?? 0);
    // What the dead one had sold may still be on its way to us; another worker's sale is what counts.
    gaps.push(await nextSaleOfAnother(load, victim?.pid ?? 0, killedAt));
  }
  await sleep(300);
  await load.stop();
  return { office, load, longestGapMs: Math.max(...gaps) };
}

async function nextSaleOfAnother(load: Load, victim: number, since: number): Promise<number> {
  const deadline = since + 15_000;
  while (performance.now() < deadline) {
    const sale = load.sold.find(({ at, worker }) => at > since + 5 && worker !== victim);
    if (sale !== undefined) return sale.at - since;
    await sleep(10);
  }
  throw new Error('nothing was sold within 15 s of the kill');
}

const serialsOf = (load: Load): number[] => load.sold.flatMap(({ serials }) => serials ?? []);

describe('kill -9 of a worker under load', () => {
  test.each(exact)('%s, %s: every 201 is there, nothing is sold twice', async (store, mode) => {
    const { office, load, longestGapMs } = await sellAndKill(store, mode, 'src/main', 4);
    expect(load.sold.length).toBeGreaterThan(100);
    expect(new Set(serialsOf(load)).size).toBe(serialsOf(load).length);

    const there = new Set(await office.soldSerials('big'));
    expect(serialsOf(load).filter((serial) => !there.has(serial))).toEqual([]);

    const verdict = await office.verdict();
    expect(verdict).toMatchObject({ verdict: 'holds', lostUpdates: 0 });
    if (store === 'ledger') expect(verdict.withdrawn).toBe(0);

    // A kernel lock is free when its holder is dead; a lease, when it was not renewed for long.
    expect(longestGapMs).toBeLessThan(mode === 'file' ? STALE_MS + 1000 : 1000);
  });

  test('a lock that lets everyone in sells tickets twice', async () => {
    const { office } = await sellAndKill('json', 'file', 'test/programs/unlocked-office', 1);
    expect((await office.verdict()).verdict).toBe('broken');
  });

  test('an office that answers before it notes leaves answers without a receipt', async () => {
    const { office, load } = await sellAndKill('json', 'file', 'test/programs/forgetful-office', 1);
    const noted = new Set(office.receipts().map(({ orderId }) => orderId));
    expect(load.sold.some(({ orderId }) => !noted.has(orderId ?? ''))).toBe(true);
  });
});
