import { mkdirSync, utimesSync } from 'node:fs';
import { expect } from 'vitest';
import { type StoreName, stores } from '../../../src/store/registry.js';
import type { Verdict } from '../../../src/verdict/judge.js';
import { anEvent } from '../../support/folder.js';
import { kill } from '../../support/test-server.js';
import type { TortureFault } from '../fault.js';
import type { Round } from '../round.js';
import { startFailpointServer } from '../server-with-failpoints.js';

/** Steps between read and write; with json after its last look at the lock. */
const betweenReadAndWrite = {
  json: ['lockChecked'],
  ledger: ['loaded', 'paused', 'decided'],
} as const;
type LastStep = (typeof betweenReadAndWrite)['json' | 'ledger'][number];

/** A server with one worker that can be stopped. */
async function openTaker(round: Round, store: StoreName, folder: string) {
  const env = { STORE: store, LOCK_MODE: 'file', WORKERS: '1', LOCK_STALE_MS: '2000' };
  const { server, arm, untilFired } = await startFailpointServer(round, { folder, env });
  const pid = (await server.workers())[0]?.pid ?? 0;
  return {
    server,
    stopAt: (at: 'rmdir' | LastStep) => arm(pid, { at, action: 'stop' }),
    untilStopped: () => untilFired(pid),
    resume: () => kill(pid, 'SIGCONT'),
    async buy(customer: string): Promise<{ status: number; serials: number[] }> {
      const answer = await server.buy({ eventId: 'gala', customer });
      return { status: answer.status, ...((await answer.json()) as { serials: number[] }) };
    },
  };
}

type Taker = Awaited<ReturnType<typeof openTaker>>;

/** Leaves a stale lease, as a crashed holder does. */
function leaveLease(store: StoreName, folder: string): void {
  const lease = `${stores[store].guardedFile(folder)}.lock`;
  mkdirSync(lease);
  utimesSync(lease, new Date(0), new Date(0));
}

/**
 * Two workers find one stale lease (proper-lockfile's issue 121). The first is stopped right before it
 * removes the lease. The second removes it, takes the lease, and is stopped in its critical section. The
 * first is resumed: it removes the second worker's lease, takes it too, and sells. Then the second is
 * resumed.
 *
 * @param repeats how many times, with the same two servers
 */
export async function takeStaleLeaseTwice(
  round: Round,
  store: 'json' | 'ledger',
  repeats: number,
): Promise<{ serials: number[]; verdict: Verdict }> {
  const folder = round.folder({ gala: anEvent(1000) });
  const one = await openTaker(round, store, folder);
  const other = await openTaker(round, store, folder);
  const serials: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const [first, second]: [Taker, Taker] = round.random.pick([
      [one, other],
      [other, one],
    ]);
    leaveLease(store, folder);
    await first.stopAt('rmdir');
    const firstSale = first.buy('Ada');
    await first.untilStopped();

    await second.stopAt(round.random.pick<LastStep>(betweenReadAndWrite[store]));
    let secondAnswered = false;
    const secondSale = second.buy('Bob').finally(() => {
      secondAnswered = true;
    });
    await second.untilStopped(); // it holds the lease

    first.resume();
    expect(await firstSale).toMatchObject({ status: 201 }); // so it held the lease too,
    expect(secondAnswered).toBe(false); // while the second was still in its critical section
    second.resume();
    expect(await secondSale).toMatchObject({ status: 201 });
    for (const sale of [firstSale, secondSale]) serials.push(...(await sale).serials);
  }
  return { serials, verdict: await one.server.verdict() };
}

const soldTwice = (serials: readonly number[]): number => serials.length - new Set(serials).size;

export const staleLeaseTakenTwice: TortureFault = {
  number: 3,
  fault: 'two workers take one stale lease, and both hold it',
  expected: 'ledger: holds, skips a line; json: sells a ticket twice, and the verdict reports it',
  async run(round) {
    const repeats = round.full ? 6 : 1;
    const ledger = await takeStaleLeaseTwice(round, 'ledger', repeats);
    expect(soldTwice(ledger.serials)).toBe(0);
    expect(ledger.verdict).toMatchObject({ verdict: 'holds', lostUpdates: 0, withdrawn: 0 });
    expect(ledger.verdict.skipped).toBeGreaterThanOrEqual(repeats);

    const json = await takeStaleLeaseTwice(round, 'json', repeats);
    expect(soldTwice(json.serials)).toBe(repeats);
    expect(json.verdict).toMatchObject({ verdict: 'broken', lostUpdates: repeats });
    const { skipped } = ledger.verdict;
    return `${repeats} repeats each: ledger ${skipped} lines skipped; json ${repeats} sold twice`;
  },
};
