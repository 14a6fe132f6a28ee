import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { lockModeNames, locks } from '../../../src/lock/registry.js';
import type { Failpoint } from '../../support/failpoints.js';
import { anEvent } from '../../support/folder.js';
import { LOST_MS, Load } from '../../support/load.js';
import { PATIENCE_MS } from '../../support/processes.js';
import { expectConsistentSales } from '../expect-consistent-sales.js';
import type { TortureFault } from '../fault.js';
import type { Round } from '../round.js';
import { startFailpointServer } from '../server-with-failpoints.js';

const STALE_MS = 2000;

/** Settings that must never sell a ticket twice: json needs a lock across processes, the ledger none. */
export const exact = [
  ...lockModeNames.flatMap((mode) =>
    locks[mode].scope === 'host' ? [{ store: 'json', mode } as const] : [],
  ),
  ...lockModeNames.map((mode) => ({ store: 'ledger', mode }) as const),
];
export type Exact = (typeof exact)[number];

const GAP_MS = 1000;

type Death = Pick<Failpoint, 'at' | 'action'>;

const deaths: Readonly<Record<Exact['store'], readonly Death[]>> = {
  json: [
    ...(['queued', 'lockWanted', 'lockHeld', 'loaded', 'paused', 'decided'] as const),
    ...(['lockChecked', 'replaced', 'appended', 'lockReleased', 'synced', 'answered'] as const),
    ...(['rename', 'sync', 'datasync'] as const),
  ]
    .map((at): Death => ({ at, action: 'kill' }))
    .concat([
      { at: 'writeFile', action: 'tear' }, // half of a new ticket file
      { at: 'write', action: 'tear' }, // half of the receipts
    ]),
  ledger: [
    ...(['queued', 'lockWanted', 'lockHeld', 'loaded', 'paused', 'decided'] as const),
    ...(['appended', 'lockReleased', 'synced', 'answered', 'datasync'] as const),
  ]
    .map((at): Death => ({ at, action: 'kill' }))
    .concat([{ at: 'write', action: 'tear' }]),
};

/**
 * Kills workers under load, one after another, each at another step.
 *
 * @param count how many deaths, at random steps
 * @returns the longest gap between a death and the next sale of another worker, in milliseconds, and
 * the number of sales
 */
export async function killAtSteps(
  round: Round,
  { store, mode }: Exact,
  count: number,
): Promise<{ longestGapMs: number; sold: number }> {
  const { server, arm, untilFired } = await startFailpointServer(round, {
    events: { big: anEvent(1_000_000) },
    env: { STORE: store, LOCK_MODE: mode, WORKERS: '2', LOCK_STALE_MS: String(STALE_MS) },
  });
  const load = new Load(server.url, 'big', 16, {
    keyed: store === 'ledger',
    answerMs: LOST_MS,
    pauseMs: round.pauseMs,
  });
  round.onEnd(() => load.stop());
  const gaps: number[] = [];
  for (const death of round.random.sample(deaths[store], count)) {
    const { pid } = round.random.pick(await server.workers());
    await arm(pid, { ...death, after: round.random.integer(0, 20) });
    await untilFired(pid);
    const diedAt = performance.now();
    // Answers of the dead worker may still arrive; only another worker's sale counts.
    gaps.push(await nextSaleOfAnother(load, pid, diedAt));
    await server.untilAllLive(pid); // or no worker might be left after the next death
  }
  await sleep(300);
  await load.stop();

  const sold = await expectConsistentSales(server, load, store);
  const longestGapMs = Math.max(...gaps);
  // A kernel lock is free when its holder dies, a lease when it is stale.
  const lockedMs = mode === 'file' ? STALE_MS : 0;
  // Beside other tests the disk is busy, and a sync can take seconds.
  if (round.full) expect(longestGapMs).toBeLessThan(lockedMs + GAP_MS);
  return { longestGapMs, sold };
}

async function nextSaleOfAnother(load: Load, target: number, since: number): Promise<number> {
  const deadline = since + PATIENCE_MS;
  while (performance.now() < deadline) {
    const sale = load.sold.find(({ at, worker }) => at > since + 5 && worker !== target);
    if (sale !== undefined) return sale.at - since;
    await sleep(10);
  }
  throw new Error('no sale after the kill');
}

export const killedAtEveryStep: TortureFault = {
  number: 2,
  fault: 'kill -9 at every step, in every lock mode',
  expected: 'holds; sales resume within 1 s, with a lease within `stale` + 1 s',
  async run(round) {
    const figures: string[] = [];
    for (const each of exact) {
      // A random half of the steps; other modes and seeds cover the rest.
      const count = Math.ceil(deaths[each.store].length / 2);
      const { longestGapMs } = await killAtSteps(round, each, count);
      figures.push(`${each.store} ${each.mode} ${count} kills, ${Math.round(longestGapMs)} ms`);
    }
    return figures.join('; ');
  },
};
