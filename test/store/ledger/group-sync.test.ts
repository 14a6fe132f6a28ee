import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/booking/faults.js';
import type { Head } from '../../../src/store/ledger/chain.js';
import { GroupSync } from '../../../src/store/ledger/group-sync.js';

const headOf = (seq: number): Head => ({ seq, hash: `hash ${seq}`, end: seq * 100 });
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A ledger that grows by hand, and syncs that end by hand. */
function controlled() {
  let recentCommits = 0;
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const failures: Fault[] = [];
  const syncs = new GroupSync(
    headOf(0),
    () => new Promise<void>((resolve, reject) => ends.push({ resolve, reject })),
    () => headOf(recentCommits),
    (fault) => failures.push(fault),
  );
  const append = () => headOf(++recentCommits).end;
  return { syncs, append, ends, failures };
}

/** Whether a promise has an answer, and which. */
async function stateOf(promise: Promise<unknown>): Promise<string> {
  let state = 'waits';
  promise.then(
    () => {
      state = 'done';
    },
    () => {
      state = 'failed';
    },
  );
  await settle();
  return state;
}

describe('syncs', () => {
  test('cost nothing where one has been', async () => {
    const { syncs, append, ends } = controlled();
    await syncs.cover(0);
    const covering = syncs.cover(append());
    await settle();
    ends[0]?.resolve();
    await covering;
    await syncs.cover(100);
    expect(ends).toHaveLength(1);
  });

  test('cover many at once, and nobody who wrote after one began', async () => {
    const { syncs, append, ends } = controlled();
    const early = [syncs.cover(append()), syncs.cover(append()), syncs.everything()];
    await settle();
    const late = syncs.cover(append());
    await settle();
    expect(ends).toHaveLength(1);
    ends[0]?.resolve();
    await Promise.all(early);
    expect(await stateOf(late)).toBe('waits');
    expect(syncs.covered).toEqual(headOf(2)); // and no claim of what was written meanwhile
    ends[1]?.resolve();
    await late;
    expect(syncs.covered).toEqual(headOf(3));
    expect(ends).toHaveLength(2);
  });

  test('claim nothing before they end', async () => {
    const { syncs, append } = controlled();
    void syncs.cover(append());
    await settle();
    expect(syncs.covered).toEqual(headOf(0));
  });

  test('sync for whoever asks for everything, though all that counts is covered', async () => {
    const { syncs, ends } = controlled();
    const asked = syncs.everything();
    expect(await stateOf(asked)).toBe('waits');
    ends[0]?.resolve();
    await asked;
  });

  test('fail for ever once one has failed, also for who asked meanwhile', async () => {
    const { syncs, append, ends, failures } = controlled();
    const first = syncs.cover(append());
    await settle();
    const meanwhile = [syncs.cover(append()), syncs.everything()];
    ends[0]?.reject(new Error('EIO'));
    const failed = { code: 'SYNC_FAILED', cause: { message: 'EIO' } };
    for (const each of [first, ...meanwhile]) await expect(each).rejects.toMatchObject(failed);
    await expect(syncs.cover(0)).rejects.toMatchObject(failed);
    await expect(syncs.everything()).rejects.toMatchObject(failed);
    // The second might have succeeded: the kernel tells of a lost page once.
    expect(ends).toHaveLength(1);
    expect(syncs.covered).toEqual(headOf(0));
    expect(failures).toHaveLength(1);
  });
});
