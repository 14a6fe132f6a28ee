import { expect } from 'vitest';
import type { Fault } from '../../../src/booking/faults.js';
import type { Order } from '../../../src/booking/outcomes.js';
import { stores } from '../../../src/store/registry.js';
import { judge } from '../../../src/verdict/judge.js';
import { buy, sell } from '../../store/ledger/open-store.js';
import { failingFiles } from '../../support/failing-files.js';
import { Failpoints } from '../../support/failpoints.js';
import { anEvent, openOptions } from '../../support/folder.js';
import type { TortureFault } from '../fault.js';
import type { Round } from '../round.js';
import { startFailpointServer } from '../server-with-failpoints.js';

const codes = ['EIO', 'EMFILE', 'EACCES', 'ENOSPC'] as const;

/** More than a commit and a checkpoint make. */
const CALLS_MAX = 200;

/**
 * Commits and writes a checkpoint in this process while the n-th file call fails. Then restarts in
 * the same folder and repeats the buy with the same key.
 *
 * @returns whether there were that many calls, and the faults that the store reported
 */
async function failAt(round: Round, failpoints: Failpoints, after: number, code: string) {
  const folder = round.folder({ gala: anEvent(10) });
  const { ledger } = stores;
  await ledger.prepare(folder);
  const faults: Fault[] = [];
  const onFault = (fault: Fault) => void faults.push(fault);
  const options = { ...openOptions(folder, true), onFault };
  const backgroundTask = await ledger.startBackgroundTask({ location: folder, onFault });
  const store = await ledger.open(options);
  const [before] = await sell(store, buy('gala', 1, 'before'));

  failpoints.obey({ at: 'fileCall', after, action: 'fail', code });
  const [results] = await sell(store, buy('gala', 2, 'failing')).catch(() => []);
  await backgroundTask.close();
  const fired = failpoints.disarm();
  await store.close();

  await ledger.prepare(folder);
  const again = await ledger.open(options);
  const orders = [before, results].filter((order): order is Order => order?.kind === 'sold');
  for (const order of orders) expect(await again.find(order.orderId)).toEqual(order);
  const [retried] = await sell(again, buy('gala', 2, 'failing'));
  if (results !== undefined) expect(retried).toEqual(results);
  await again.close();
  expect(judge(await ledger.history(folder))).toMatchObject({
    verdict: 'holds',
    events: [{ sold: 3, remaining: 7, duplicates: 0 }],
  });
  return { fired, faults: new Set(faults.map((fault) => fault.code)) };
}

/**
 * Fails each file call of a commit and a checkpoint, one after another.
 *
 * @returns the number of calls, and how many of their failures stop the server
 */
async function failEach(round: Round, code: string): Promise<{ calls: number; ended: number }> {
  const failpoints = new Failpoints();
  const undo = await failingFiles(failpoints, 'turnstile-');
  round.onEnd(undo);
  let ended = 0;
  for (let calls = 0; calls < CALLS_MAX; calls++) {
    const { fired, faults } = await failAt(round, failpoints, calls, code);
    if (!fired) {
      undo();
      return { calls, ended };
    }
    if (faults.has('SYNC_FAILED')) ended++;
  }
  throw new Error(`more than ${CALLS_MAX} file calls for a commit and a checkpoint`);
}

/** A sync fails in one process of a server. Answers the server's exit code. */
async function failSync(round: Round, whose: 'worker' | 'primary'): Promise<number | null> {
  const { server, arm } = await startFailpointServer(round, {
    events: { gala: anEvent(10) },
    env: { STORE: 'ledger', LOCK_MODE: 'kernel', WORKERS: '2', LOG_LEVEL: 'silent' },
  });
  const pids = (await server.workers()).map(({ pid }) => pid);
  for (const pid of whose === 'worker' ? pids : [server.primaryPid]) {
    await arm(pid, { at: 'datasync', action: 'fail', code: 'EIO' });
  }
  const { status } = await server.buy({ eventId: 'gala', customer: 'Ada' });
  expect(status).toBe(whose === 'worker' ? 503 : 201);
  return (await server.ended).code;
}

export const failingFileCalls: TortureFault = {
  number: 6,
  fault: 'the n-th file call fails, for every n of a commit and a checkpoint',
  expected: 'holds; a failed sync stops the server with exit code 4',
  async run(round) {
    const figures: string[] = [];
    for (const code of codes) {
      const { calls, ended } = await failEach(round, code);
      expect(calls).toBeGreaterThan(6);
      expect(ended).toBeGreaterThan(1); // the sync of the commit and that of the checkpoint
      figures.push(`${code} ${calls} calls`);
    }
    const exits = await Promise.all([failSync(round, 'worker'), failSync(round, 'primary')]);
    expect(exits).toEqual([4, 4]);
    return `${figures.join(', ')}; exits ${exits.join(' and ')}`;
  },
};
