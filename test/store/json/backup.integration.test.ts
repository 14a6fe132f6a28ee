import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kernel } from '../../../src/lock/kernel.js';
import type { LockModeName } from '../../../src/lock/registry.js';
import { withSnapshot } from '../../../src/store/json/backup.js';
import { json } from '../../../src/store/json/driver.js';
import { FolderLock } from '../../../src/store/shared/folder-lock.js';
import { judge, type Verdict } from '../../../src/verdict/judge.js';
import { anEvent, openOptions, testFolder } from '../../support/folder.js';

const options = { lockTimeoutMs: 5_000, lockStaleMs: 2_000, waitMs: 0 };
const snapshot = (folder: string): Promise<Verdict> =>
  withSnapshot(folder, options, async ({ history }) => judge(history));

/**
 * Takes snapshots while tickets are sold under a kernel lock.
 *
 * @param announced the lock mode that the server wrote down, which a backup takes
 */
async function snapshotsWhileSelling(announced: LockModeName, snapshots: number) {
  const folder = testFolder({ a: anEvent(100_000) });
  await FolderLock.acquire(folder, { STORE: 'json', LOCK_MODE: announced }, () => {});
  const store = await json.open(openOptions(folder, true));
  const lock = await kernel.open({
    path: join(folder, 'tickets.json'),
    recordPath: join(folder, 'receipts.jsonl'),
    staleMs: 2_000,
    onWarning: () => {},
  });
  let selling = true;
  const sales = (async () => {
    while (selling) {
      const buy = { kind: 'buy' as const, eventId: 'a', customer: 'Ada', quantity: 1 };
      await lock.run(() => store.sell([buy, buy]), performance.now() + 5_000);
    }
  })();
  const verdicts: Verdict[] = [];
  try {
    while (verdicts.length < snapshots) verdicts.push(await snapshot(folder));
  } finally {
    selling = false;
    await sales;
    await lock.close();
    await store.close();
  }
  return verdicts;
}

describe('a backup of the json store', () => {
  test('has tickets and receipts of one moment, because it takes the lock of the servers', async () => {
    const verdicts = await snapshotsWhileSelling('kernel', 50);
    expect(verdicts.at(-1)?.version).toBeGreaterThan(10);
    for (const { withdrawn, stillOnSale, lostUpdates } of verdicts) {
      expect({ withdrawn, stillOnSale, lostUpdates }).toEqual({
        withdrawn: 0,
        stillOnSale: 0,
        lostUpdates: 0,
      });
    }
  });

  test('would have tickets without their receipts under another lock', async () => {
    const verdicts = await snapshotsWhileSelling('file', 50);
    expect(verdicts.some(({ withdrawn }) => withdrawn > 0)).toBe(true);
  });

  test('needs no lock while no server runs', async () => {
    const folder = testFolder({ a: anEvent(10) });
    expect(await snapshot(folder)).toMatchObject({ verdict: 'inconclusive', version: 0 });
    writeFileSync(join(folder, 'office.lock'), 'STORE=json LOCK_MODE=off'); // of the last server
    expect(await snapshot(folder)).toMatchObject({ version: 0 });
  });

  test('waits for a pause where servers take no lock', async () => {
    const folder = testFolder({ a: anEvent(10) });
    await FolderLock.acquire(folder, { STORE: 'json', LOCK_MODE: 'off' }, () => {});
    expect(await snapshot(folder)).toMatchObject({ version: 0 });
    const timer = setInterval(
      () => writeFileSync(join(folder, 'receipts.jsonl'), '\n', { flag: 'a' }),
      5,
    );
    await expect(snapshot(folder))
      .rejects.toThrow('without a pause')
      .finally(() => clearInterval(timer));
  });
});
