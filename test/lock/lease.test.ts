import fs, { mkdirSync, rmdirSync, utimesSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { file } from '../../src/lock/file.js';
import { LockTimeoutError } from '../../src/lock/lock-mode.js';
import { testFolder } from '../support/folder.js';

async function openLease() {
  const path = join(testFolder(), 'tickets.json');
  const throttle: unknown[] = [];
  const onWarning = (message: string, cause: unknown) => throttle.push(`${message}: ${cause}`);
  const lock = await file.open({ path, staleMs: 2000, onWarning });
  return { lock, lease: `${path}.lock`, throttle };
}

const soon = (): number => performance.now() + 300;

/** A lease that somebody has, and when it was touched, in seconds from now. */
function leave(lease: string, seconds: number): void {
  const at = new Date(Date.now() + seconds * 1000);
  mkdirSync(lease);
  utimesSync(lease, at, at);
}

test('one that is removed as soon as it was made is made again', async () => {
  const { lock, lease } = await openLease();
  const mkdir = fs.mkdirSync;
  let made = 0;
  const use = (mkdirSync: unknown) => {
    Object.assign(fs, { mkdirSync });
    syncBuiltinESMExports();
  };
  use((path: string) => {
    mkdir(path);
    if (made++ === 0) rmdirSync(lease);
  });
  onTestFinished(() => use(mkdir));
  expect(await lock.run(async () => 'held', soon())).toBe('held');
  expect(made).toBe(2);
});

test('a folder that is gone is no lease that somebody has', async () => {
  const path = join(testFolder(), 'nowhere', 'tickets.json');
  const lock = await file.open({ path, staleMs: 2000, onWarning: () => {} });
  await expect(lock.run(async () => {}, soon())).rejects.toMatchObject({ code: 'ENOENT' });
});

test('one that is dated ahead of the clock is told of', async () => {
  const { lock, lease, throttle } = await openLease();
  leave(lease, 3600);
  await expect(lock.run(async () => {}, soon())).rejects.toThrow(LockTimeoutError);
  expect(throttle).toHaveLength(1);
  expect(throttle[0]).toMatch(/dated ahead of the clock: .*tickets\.json\.lock is dated 3600 s/);
});

test('one that somebody has just touched is not', async () => {
  const { lock, lease, throttle } = await openLease();
  leave(lease, 1); // as the library dates the first one of a process
  await expect(lock.run(async () => {}, soon())).rejects.toThrow(LockTimeoutError);
  expect(throttle).toEqual([]);
});
