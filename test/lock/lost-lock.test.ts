import {
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Lock } from '../../src/lock/lock-mode.js';
import { locks } from '../../src/lock/registry.js';
import { deadlineIn, newPath, openLock, STALE_MS } from './open-lock.js';

/** Runs `before` in a section, then looks at the lock. */
const lookAfter = (lock: Lock, before: () => void): Promise<void> =>
  lock.run(async () => {
    before();
    lock.assertHeld();
  }, deadlineIn());

/** Sets a time that Node set before. Node takes seconds, which it rounds: tries the numbers around it. */
function setMtime(path: string, mtimeNs: bigint): void {
  const step = 2 ** -22; // between two numbers of this size: 238 ns
  for (let steps = -8; steps <= 8; steps++) {
    const seconds = Number(mtimeNs) / 1e9 + steps * step;
    utimesSync(path, seconds, seconds);
    if (statSync(path, { bigint: true }).mtimeNs === mtimeNs) return;
  }
}

describe('lock mode file', () => {
  async function openLease() {
    const path = newPath();
    return { lock: await openLock('file', path), path, lease: `${path}.lock` };
  }

  test('is held in its section', async () => {
    const { lock } = await openLease();
    await lookAfter(lock, () => {});
  });

  test('is lost when its lease is removed', async () => {
    const { lock, lease } = await openLease();
    await expect(lookAfter(lock, () => rmdirSync(lease))).rejects.toMatchObject({
      code: 'LOCK_LOST',
    });
  });

  test('is lost when another process took the lease over, and does not remove its lease', async () => {
    const { lock, lease } = await openLease();
    const takeOver = () => {
      rmdirSync(lease);
      mkdirSync(lease); // perhaps with the same inode number, and within one tick of the clock
    };
    for (let time = 0; time < 20; time++) {
      await expect(lookAfter(lock, takeOver)).rejects.toThrow('was removed or taken over');
      expect(readdirSync(dirname(lease))).toContain('tickets.json.lock');
      rmdirSync(lease);
    }
  });

  test('is lost when another process took it over with the same inode number and time', async () => {
    const { lock, lease } = await openLease();
    const takeOver = async () => {
      const { mtimeNs } = statSync(lease, { bigint: true });
      await sleep(20); // longer than a tick of any disk's clock
      rmdirSync(lease);
      mkdirSync(lease);
      setMtime(lease, mtimeNs);
      expect(statSync(lease, { bigint: true }).mtimeNs).toBe(mtimeNs);
      lock.assertHeld();
    };
    await expect(lock.run(takeOver, deadlineIn())).rejects.toThrow('was removed or taken over');
  });

  test.each([
    ['the monotonic clock', 'performance'],
    ['the wall clock, as after a sleep of the machine', 'Date'],
  ] as const)('is lost when %s passed the time for leases', async (_what, clock) => {
    const { lock } = await openLease();
    const pass = () => {
      const object = { performance, Date }[clock];
      const then = object.now();
      vi.spyOn(object, 'now').mockReturnValue(then + STALE_MS);
    };
    onTestFinished(() => void vi.restoreAllMocks());
    await expect(lookAfter(lock, pass)).rejects.toThrow('was not renewed for');
  });

  test('is not opened if something other than a lease has its name', async () => {
    for (const create of [
      (path: string) => writeFileSync(path, ''),
      (path: string) => {
        mkdirSync(path);
        writeFileSync(join(path, 'x'), '');
      },
    ]) {
      const path = newPath();
      create(`${path}.lock`);
      await expect(openLock('file', path)).rejects.toMatchObject({
        code: 'EEXIST',
        path: `${path}.lock`,
      });
    }
  });

  test('is opened beside the lease of a holder, live or dead', async () => {
    const path = newPath();
    mkdirSync(`${path}.lock`);
    await openLock('file', path);
  });
});

describe('lock mode kernel', () => {
  /** Whether a lock that is opened now excludes an older one, after a removal of files. */
  async function excludesAfter(recordName: string): Promise<boolean> {
    const path = newPath();
    const recordPath = join(dirname(path), recordName);
    const options = { path, recordPath, staleMs: STALE_MS, onWarning: () => {} };
    const old = await locks.kernel.open(options);
    let excludes = false;
    await old.run(async () => {
      for (const name of readdirSync(dirname(path))) {
        if (name.endsWith('.lock')) rmSync(join(dirname(path), name));
      }
      const other = await locks.kernel.open(options);
      excludes = await other.run(async () => false, deadlineIn(200)).catch(() => true);
      void other.close();
    }, deadlineIn());
    await old.close();
    return excludes;
  }

  test('excludes other processes after the removal of every *.lock file', async () => {
    expect(await excludesAfter('receipts.jsonl')).toBe(true);
  });

  test('negative control: on a file of its own it excludes nobody', async () => {
    expect(await excludesAfter('kernel.lock')).toBe(false);
  });
});
