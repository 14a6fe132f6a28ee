import { describe, expect, test } from 'vitest';
import type { BatchWrites } from '../../../src/store/postgres/batch-rows.js';
import type { BatchDecision } from '../../../src/store/postgres/decide-batch.js';
import { OvertakenError } from '../../../src/store/postgres/errors.js';
import type {
  Attempt,
  ConcurrencyMode,
} from '../../../src/store/postgres/modes/concurrency-mode.js';
import type { Session, SessionPool } from '../../../src/store/postgres/session.js';
import {
  lockInventory,
  selectInventory,
  selectResultsByKey,
} from '../../../src/store/postgres/sql/reads.js';
import { traceMode } from '../../../src/store/postgres/trace.js';
import { recordSteps } from '../recorded-steps.js';

/** Every read returns two events, with 2 and 3 commits. */
const session = { rows: async () => [{ seq: 2 }, { seq: 3 }] } as unknown as Session;

/** Attempts a batch in a mode that reads the inventory with this statement, and returns the steps. */
async function stepsOfAttempt(
  inventory: string,
  { commits = 1, error }: { commits?: number; error?: Error } = {},
) {
  const writes = { commits: Array(commits).fill({}), orders: [] } as unknown as BatchWrites;
  const mode: ConcurrencyMode = {
    scope: 'rows',
    about: 'a mode without a database',
    exclusive: true,
    async attempt({ decide }) {
      const decision = await decide(session, inventory);
      if (error !== undefined) throw error;
      return { decision, writes };
    },
  };
  const decide: Attempt['decide'] = async (traced, statement) => {
    await traced.rows(statement);
    await traced.rows(selectResultsByKey);
    return { outcomes: [], commits: [], version: 6 } satisfies BatchDecision;
  };
  const { emit, steps } = recordSteps();
  const attempt = traceMode(mode, emit).attempt({ sessions: {} as SessionPool, decide });
  if (error === undefined) await attempt;
  else await expect(attempt).rejects.toBe(error);
  return steps;
}

describe('postgres store', () => {
  test('emits the steps of a sale with row locks in order', async () => {
    expect(await stepsOfAttempt(lockInventory)).toEqual([
      ['rowsLocked'],
      ['loaded', 5],
      ['decided', 6],
      ['replaced', 6],
    ]);
  });

  test('emits no rowsLocked for a read without locks', async () => {
    const steps = await stepsOfAttempt(selectInventory);
    expect(steps).toEqual([
      ['loaded', 5],
      ['decided', 6],
      ['replaced', 6],
    ]);
  });

  test('emits no write for a batch that commits nothing', async () => {
    const steps = await stepsOfAttempt(selectInventory, { commits: 0 });
    expect(steps.map(([name]) => name)).toEqual(['loaded', 'decided']);
  });

  test('emits overtaken when another batch committed first, and for no other error', async () => {
    const overtaken = await stepsOfAttempt(selectInventory, { error: new OvertakenError('') });
    expect(overtaken.map(([name]) => name)).toEqual(['loaded', 'decided', 'overtaken']);
    const failed = await stepsOfAttempt(selectInventory, { error: new Error('a bug') });
    expect(failed.map(([name]) => name)).toEqual(['loaded', 'decided']);
  });
});
