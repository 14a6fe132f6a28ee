import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { LockModeName } from '../../../src/lock/registry.js';
import { anEvent } from '../../support/folder.js';
import { Load } from '../../support/load.js';
import { until } from '../../support/processes.js';
import { kill } from '../../support/test-server.js';
import type { TortureFault } from '../fault.js';
import type { Round } from '../round.js';

const STALE_MS = 2_000;

export interface SleepOptions {
  readonly store: 'json' | 'ledger';
  readonly mode: LockModeName;
  /** How often the machine sleeps. */
  readonly times: number;
  readonly program?: string;
}

export interface SleepResult {
  readonly sold: number;
  /** Tickets that two buyers were told are theirs. */
  readonly twice: number;
  readonly verdict: string;
}

/**
 * Stops all processes of a server for longer than a lease lasts, and continues them, while buyers buy. To
 * the processes that is a machine that sleeps: afterwards, each finds the lease of the others stale.
 */
export async function sellThroughSleep(
  round: Round,
  { store, mode, times, program = 'src/main' }: SleepOptions,
): Promise<SleepResult> {
  const env = {
    STORE: store,
    LOCK_MODE: mode,
    WORKERS: '2',
    LOCK_STALE_MS: String(STALE_MS),
    LOG_LEVEL: 'silent',
  };
  const server = await round.server({ folder: round.folder({ big: anEvent(1e6) }), env, program });
  const load = new Load(server.url, 'big', 12);
  round.onEnd(() => load.stop());
  const untilMoreSold = (what: string) => {
    const before = load.sold.length;
    return until(what, () => load.sold.length > before + 50);
  };
  for (let time = 0; time < times; time++) {
    await untilMoreSold('tickets are sold');
    const pids = [server.primaryPid, ...(await server.workers()).map(({ pid }) => pid)];
    await sleep(round.random.integer(0, 50));
    try {
      for (const pid of pids) kill(pid, 'SIGSTOP');
      await sleep(STALE_MS + 1_000);
    } finally {
      for (const pid of pids.reverse()) kill(pid, 'SIGCONT');
    }
    await untilMoreSold('tickets are sold after the sleep');
  }
  await load.stop();
  const serials = load.sold.flatMap((sale) => sale.serials ?? []);
  const twice = serials.length - new Set(serials).size;
  const { verdict } = await server.verdict();
  expect((await server.stop()).code).toBe(0);
  return { sold: serials.length, twice, verdict };
}

export const sleepingMachine: TortureFault = {
  number: 19,
  fault: 'all processes are stopped for longer than a lease lasts, as when the machine sleeps',
  expected:
    'sales continue; holds; json with `file`: unless a holder slept between its look at the lease and its write, which the verdict reports',
  async run(round) {
    const figures: string[] = [];
    const others = [
      ['json', 'kernel'],
      ['ledger', 'file'],
    ] as const;
    const chosen = round.full ? others : [round.random.pick(others)];
    for (const [store, mode] of [['json', 'file'], ...chosen] as const) {
      const times = round.full ? 2 : 1;
      const { sold, twice, verdict } = await sellThroughSleep(round, { store, mode, times });
      if (store === 'json' && mode === 'file' && twice > 0) expect(verdict).toBe('broken');
      else expect({ twice, verdict }).toEqual({ twice: 0, verdict: 'holds' });
      figures.push(`${store} ${mode}: ${sold} sold, ${twice} twice`);
    }
    return figures.join('; ');
  },
};
