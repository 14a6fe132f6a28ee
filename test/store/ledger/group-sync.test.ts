import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/booking/faults.js';
import type { Head } from '../../../src/store/ledger/chain.js';
import { GroupSync } from '../../../src/store/ledger/group-sync.js';

const headOf = (seq: number): Head => ({ seq, hash: `hash ${seq}`, end: seq * 100 });
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A ledger that the test extends, and syncs that the test ends. */
function controlledSyncs() {
  let newest = 0;
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const failures: Fault[] = [];
  const syncs = new GroupSync(
    headOf(0),
    () => new Promise<void>((resolve, reject) => ends.push({ resolve, reject })),
    () => headOf(newest),
    (fault) => failures.push(fault),
  );
  const append = () => headOf(++newest).end;
  return { syncs, append, ends, failures };
}

/** Whether a promise is settled, and how. */
async function stateOf(promise: Promise<unknown>): Promise<string> {
  let state = 'pending';
  promise.then(
    () => {
      state = 'resolved';
    },
    () => {
      state = 'rejected';
    },
  );
  await settle();
  return state;
}

describe('group sync', () => {
  test('syncs nothing that an earlier sync covers', async () => {
    const { syncs, append, ends } = controlledSyncs();
    await syncs.cover(0);
    const covering = syncs.cover(append());
    await settle();
    ends[0]?.resolve();
    await covering;
    await syncs.cover(100);
    expect(ends).toHaveLength(1);
  });

  test('covers many writes with one sync, but none made after it began', async () => {
    const { syncs, append, ends } = controlledSyncs();
    const early = [syncs.cover(append()), syncs.cover(append()), syncs.everything()];
    await settle();
    const late = syncs.cover(append());
    await settle();
    expect(ends).toHaveLength(1);
    ends[0]?.resolve();
    await Promise.all(early);
    expect(await stateOf(late)).toBe('pending');
    expect(syncs.covered).toEqual(headOf(2)); // not the line written during the sync
    ends[1]?.resolve();
    await late;
    expect(syncs.covered).toEqual(headOf(3));
    expect(ends).toHaveLength(2);
  });

  test('covers nothing before a sync has ended', async () => {
    const { syncs, append } = controlledSyncs();
    void syncs.cover(append());
    await settle();
    expect(syncs.covered).toEqual(headOf(0));
  });

  test('syncs everything on request, even if every counted line is covered', async () => {
    const { syncs, ends } = controlledSyncs();
    const syncing = syncs.everything();
    expect(await stateOf(syncing)).toBe('pending');
    ends[0]?.resolve();
    await syncing;
  });

  test('rejects every call after a failed sync, also those made during it', async () => {
    const { syncs, append, ends, failures } = controlledSyncs();
    const first = syncs.cover(append());
    await settle();
    const during = [syncs.cover(append()), syncs.everything()];
    ends[0]?.reject(new Error('EIO'));
    const failed = { code: 'SYNC_FAILED', cause: { message: 'EIO' } };
    for (const each of [first, ...during]) await expect(each).rejects.toMatchObject(failed);
    await expect(syncs.cover(0)).rejects.toMatchObject(failed);
    await expect(syncs.everything()).rejects.toMatchObject(failed);
    // A second sync might succeed, because the kernel reports a lost page once.
    expect(ends).toHaveLength(1);
    expect(syncs.covered).toEqual(headOf(0));
    expect(failures).toHaveLength(1);
  });
});
