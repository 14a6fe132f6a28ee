import { readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Fault } from '../../../src/booking/faults.js';
import {
  lockCheckpoint,
  printCheckpoint,
  readCheckpoint,
} from '../../../src/store/ledger/checkpoint.js';
import { Checkpointer, type SyncedFile } from '../../../src/store/ledger/checkpointer.js';
import { markDamaged } from '../../../src/store/ledger/damage-marker.js';
import { ledger } from '../../../src/store/ledger/driver.js';
import { damagedIn, ledgerIn, ticketsIn } from '../../../src/store/ledger/paths.js';
import { openOptions, testFolder } from '../../support/folder.js';
import { events } from './lines-of.js';
import { buy, sell } from './open-store.js';

/** A folder that is being sold from. */
async function selling() {
  const folder = testFolder(events());
  await ledger.prepare(folder);
  const store = await ledger.open(openOptions(folder, true));
  onTestFinished(() => store.close());
  return { folder, store };
}

const versionIn = async (folder: string) => (await readCheckpoint(ticketsIn(folder)))?.version;

describe('the keeper of the checkpoint', () => {
  test('brings it up to the ledger within a second, and once more when it ends', async () => {
    const { folder, store } = await selling();
    const keeper = await ledger.startBackgroundTask(openOptions(folder, true));
    await sell(store, buy('a'));
    await expect.poll(() => versionIn(folder), { timeout: 10_000 }).toBe(1);
    await sell(store, buy('a'));
    await keeper.close();
    expect(await versionIn(folder)).toBe(2);
  });

  test('is one of several', async () => {
    const { folder, store } = await selling();
    const ofAnother = await lockCheckpoint(folder);
    const keeper = await ledger.startBackgroundTask(openOptions(folder, true));
    await sell(store, buy('a'));
    await keeper.close(); // not even at its end
    await ledger.prepare(folder); // nor may a primary that starts beside it
    expect(await versionIn(folder)).toBe(0);
    await ofAnother?.close();
    await (await ledger.startBackgroundTask(openOptions(folder, true))).close();
    expect(await versionIn(folder)).toBe(1);
  });

  test('writes no checkpoint any more once a sync has failed', async () => {
    const { folder, store } = await selling();
    const faults: Fault[] = [];
    let syncs = 0;
    const failsOnce = async (path: string): Promise<SyncedFile> => {
      const file = await open(path, 'r+');
      return {
        read: (...range) => file.read(...range),
        datasync: async () => {
          if (++syncs === 1) throw new Error('EIO');
        },
        close: () => file.close(),
      };
    };
    const keeper = new Checkpointer(folder, (fault) => faults.push(fault), {
      openLedger: failsOnce,
    });
    await sell(store, buy('a'));
    await expect.poll(() => faults, { timeout: 10_000 }).toMatchObject([{ code: 'SYNC_FAILED' }]);
    await sell(store, buy('a'));
    await keeper.close();
    expect([syncs, faults.length, await versionIn(folder)]).toEqual([1, 1, 0]);
  });

  test('finds damage before the checkpoint that no start looks at', async () => {
    const { folder, store } = await selling();
    for (let sale = 0; sale < 3; sale++) await sell(store, buy('a'));
    await ledger.prepare(folder);
    // What a start takes the checkpoint's word for: its inventory.
    const checkpoint = await readCheckpoint(ticketsIn(folder));
    if (checkpoint?.events.a === undefined) throw new Error('no checkpoint');
    const lying = { ...checkpoint, events: { ...checkpoint.events, b: checkpoint.events.a } };
    writeFileSync(ticketsIn(folder), printCheckpoint(lying));
    const faults: Fault[] = [];
    const onFault = markDamaged(folder, (fault) => faults.push(fault));
    const keeper = new Checkpointer(folder, onFault, { verifyAfterMs: 0 });
    await expect.poll(() => faults, { timeout: 10_000 }).toMatchObject([{ code: 'DAMAGED' }]);
    await keeper.close();
    expect(readFileSync(damagedIn(folder), 'utf8')).toContain('do not add up');
    expect(readFileSync(ledgerIn(folder), 'utf8').split('\n')).toHaveLength(5);
  });
});
