import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { StepName } from '../../../src/booking/sale-steps.js';
import type { LockModeName } from '../../../src/lock/registry.js';
import type { StoreName } from '../../../src/store/registry.js';
import type { Verdict } from '../../../src/verdict/judge.js';
import { anEvent } from '../../support/folder.js';
import { kill } from '../../support/test-server.js';
import type { TortureFault } from '../fault.js';
import type { Round } from '../round.js';
import { startFailpointServer } from '../server-with-failpoints.js';

const STALE_MS = 2000;

/** The steps of a critical section after which its holder is stopped. */
export const stepsHeld: Readonly<Record<'json' | 'ledger', readonly StepName[]>> = {
  json: ['lockHeld', 'loaded', 'paused', 'decided', 'lockChecked', 'replaced', 'appended'],
  ledger: ['lockHeld', 'loaded', 'paused', 'decided', 'appended'],
};

/** Steps before the json store looks at its lock: a holder that lost it gives its batch up. */
const beforeLook: ReadonlySet<StepName> = new Set(['lockHeld', 'loaded', 'paused', 'decided']);

/** Steps between read and write: another worker that sells now sells the same tickets. */
const betweenReadAndWrite: ReadonlySet<StepName> = new Set(['loaded', 'paused', 'decided']);

/**
 * Two servers sell from one folder. For each step, the first server's worker is stopped after it for
 * longer than the lease lasts, the second server sells if it can, and the first one is resumed.
 */
export async function sellPastStoppedHolder(
  round: Round,
  store: StoreName & keyof typeof stepsHeld,
  mode: LockModeName,
  steps: readonly StepName[],
  program = 'test/programs/failpoints',
): Promise<{ serials: number[]; givenUp: StepName[]; verdict: Verdict }> {
  const folder = round.folder({ gala: anEvent(100) });
  const env = {
    STORE: store,
    LOCK_MODE: mode,
    WORKERS: '1',
    LOCK_STALE_MS: String(STALE_MS),
    LOCK_TIMEOUT_MS: '20000',
    HEARTBEAT_TIMEOUT_MS: '60000', // the primary must not kill the stopped worker
  };
  const [stopped, other] = await Promise.all([
    startFailpointServer(round, { folder, env, program }),
    round.server({ folder, env }),
  ]);
  const pid = (await stopped.server.workers())[0]?.pid ?? 0;
  const serials: number[] = [];
  const givenUp: StepName[] = [];
  for (const step of steps) {
    await stopped.arm(pid, { at: step, action: 'stop' });
    const first = stopped.server.buy({ eventId: 'gala', customer: 'Ada' });
    await stopped.untilFired(pid);
    const second = other.buy({ eventId: 'gala', customer: 'Bob' });
    // A kernel lock stays with its holder. Otherwise the second server sells first, however long it takes.
    await (mode === 'kernel' ? Promise.race([second, sleep(STALE_MS + 1500)]) : second);
    kill(pid, 'SIGCONT');
    for (const answer of await Promise.all([first, second])) {
      const { type, serials: sold = [] } = (await answer.json()) as Answer;
      if (type === '/problems/lock-lost' && answer === (await first)) givenUp.push(step);
      else expect(answer.status).toBe(201);
      serials.push(...sold);
    }
  }
  serials.sort((one, other) => one - other);
  return { serials, givenUp, verdict: await other.verdict() };
}

interface Answer {
  readonly type?: string;
  readonly serials?: readonly number[];
}

export const stoppedHolder: TortureFault = {
  number: 1,
  fault: 'the lease holder is stopped at every step for longer than `stale`; another server sells',
  expected:
    'ledger: holds, late lines are skipped; json: holds up to its last look at the lock; after it a ticket is sold twice, and the verdict reports it',
  async run(round) {
    const [ledger, json] = await Promise.all([
      sellPastStoppedHolder(round, 'ledger', 'file', stepsHeld.ledger),
      sellPastStoppedHolder(round, 'json', 'file', stepsHeld.json),
    ]);
    expect(new Set(ledger.serials).size).toBe(2 * stepsHeld.ledger.length);
    expect(ledger.verdict).toMatchObject({ verdict: 'holds', lostUpdates: 0, withdrawn: 0 });
    expect(ledger.verdict.skipped).toBe(betweenReadAndWrite.size);
    expect(json.givenUp).toEqual([...beforeLook]);
    expect(json.verdict).toMatchObject({ verdict: 'broken', lostUpdates: 1 });
    return `ledger: ${ledger.serials.length} sold, ${ledger.verdict.skipped} lines skipped; json: ${json.givenUp.length} batches given up, ${json.verdict.lostUpdates} lost updates`;
  },
};
