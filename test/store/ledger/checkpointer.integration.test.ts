import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Fault } from '../../../src/booking/faults.js';
import {
  lockCheckpoint,
  printCheckpoint,
  readCheckpoint,
} from '../../../src/store/ledger/checkpoint.js';
import { Checkpointer } from '../../../src/store/ledger/checkpointer.js';
import { markDamaged } from '../../../src/store/ledger/damage.js';
import { ledger } from '../../../src/store/ledger/driver.js';
import { type LedgerFile, OpenLedgerFile } from '../../../src/store/ledger/ledger-file.js';
import { ledgerIn, ticketsIn } from '../../../src/store/ledger/paths.js';
import { damagedIn } from '../../../src/store/shared/damage-marker.js';
import { openOptions, testFolder } from '../../support/folder.js';
import { events } from './ledger-lines.js';
import { buy, sell } from './open-store.js';

/** A prepared folder, and a store that is open on it. */
async function openFolder() {
  const folder = testFolder(events());
  await ledger.prepare(folder);
  const store = await ledger.open(openOptions(folder, true));
  onTestFinished(() => store.close());
  return { folder, store };
}

const versionIn = async (folder: string) => (await readCheckpoint(ticketsIn(folder)))?.version;

describe('checkpointer', () => {
  test('writes the checkpoint while tickets are sold, and once more when it is closed', async () => {
    const { folder, store } = await openFolder();
    const checkpointer = await ledger.startBackgroundTask(openOptions(folder, true));
    await sell(store, buy('a'));
    await expect.poll(() => versionIn(folder)).toBe(1);
    await sell(store, buy('a'));
    await checkpointer.close();
    expect(await versionIn(folder)).toBe(2);
  });

  describe('after a checkpoint', () => {
    async function openWithSync(syncMs: number) {
      const { folder, store } = await openFolder();
      const openLedger = async (where: string): Promise<LedgerFile> => {
        const file = await OpenLedgerFile.open(where);
        file.datasync = () => sleep(syncMs);
        return file;
      };
      const checkpointer = new Checkpointer(folder, () => {}, { openLedger });
      await sell(store, buy('a'));
      await expect.poll(() => versionIn(folder)).toBe(1);
      await sell(store, buy('a'));
      return { folder, checkpointer };
    }

    test('that was fast, soon writes the next one', async () => {
      const { folder, checkpointer } = await openWithSync(0);
      await expect.poll(() => versionIn(folder)).toBe(2);
      await checkpointer.close();
    });

    test('that took long, leaves the processor to sales, and still writes one when it is closed', async () => {
      const { folder, checkpointer } = await openWithSync(250); // a rest of ten seconds
      await sleep(1500); // three times as long as between two short ones
      expect(await versionIn(folder)).toBe(1);
      await checkpointer.close();
      expect(await versionIn(folder)).toBe(2);
    });
  });

  test('writes nothing while another process holds the checkpoint lock', async () => {
    const { folder, store } = await openFolder();
    const lock = await lockCheckpoint(folder);
    const checkpointer = await ledger.startBackgroundTask(openOptions(folder, true));
    await sell(store, buy('a'));
    await checkpointer.close(); // not even on close
    await ledger.prepare(folder); // nor does another primary that starts now
    expect(await versionIn(folder)).toBe(0);
    await lock?.close();
    await (await ledger.startBackgroundTask(openOptions(folder, true))).close();
    expect(await versionIn(folder)).toBe(1);
  });

  test('writes no checkpoint after a failed sync', async () => {
    const { folder, store } = await openFolder();
    const faults: Fault[] = [];
    let syncs = 0;
    const openFailingOnce = async (where: string): Promise<LedgerFile> => {
      const file = await OpenLedgerFile.open(where);
      file.datasync = async () => {
        if (++syncs === 1) throw new Error('EIO');
      };
      return file;
    };
    const checkpointer = new Checkpointer(folder, (fault) => faults.push(fault), {
      openLedger: openFailingOnce,
    });
    await sell(store, buy('a'));
    await expect.poll(() => faults).toMatchObject([{ code: 'SYNC_FAILED' }]);
    await sell(store, buy('a'));
    await checkpointer.close();
    expect([syncs, faults.length, await versionIn(folder)]).toEqual([1, 1, 0]);
  });

  test('finds damage before the checkpoint that a start does not check', async () => {
    const { folder, store } = await openFolder();
    for (let sale = 0; sale < 3; sale++) await sell(store, buy('a'));
    await ledger.prepare(folder);
    // A start does not check the inventory of a checkpoint.
    const checkpoint = await readCheckpoint(ticketsIn(folder));
    if (checkpoint?.events.a === undefined) throw new Error('no checkpoint');
    const wrong = { ...checkpoint, events: { ...checkpoint.events, b: checkpoint.events.a } };
    writeFileSync(ticketsIn(folder), printCheckpoint(wrong));
    const faults: Fault[] = [];
    const onFault = markDamaged(folder, (fault) => faults.push(fault));
    const checkpointer = new Checkpointer(folder, onFault, { verifyAfterMs: 0 });
    await expect.poll(() => faults).toMatchObject([{ code: 'DAMAGED' }]);
    await checkpointer.close();
    expect(readFileSync(damagedIn(folder), 'utf8')).toContain('do not add up');
    expect(readFileSync(ledgerIn(folder), 'utf8').split('\n')).toHaveLength(5);
  });
});
