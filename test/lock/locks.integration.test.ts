import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LockTimeoutError } from '../../src/lock/lock-mode.js';
import { type LockModeName, lockModeNames, locks } from '../../src/lock/registry.js';
import { start, until } from '../support/processes.js';
import { deadlineIn, neverRuns, newPath, openLock, STALE_MS } from './open-lock.js';

/** proper-lockfile dates the first lease of a process up to a second ahead, to probe the disk's clock. */
const DATED_AHEAD_MS = 1005;

/** Starts a process that holds the lock; it does so when this resolves. */
async function startHolder(mode: LockModeName, path: string, holdMs = 60_000) {
  const args = [mode, path, String(holdMs), String(STALE_MS), '10000'];
  const running = start('test/programs/lock-holder', { args });
  onTestFinished(() => void running.child.kill('SIGKILL'));
  await until('the other process holds the lock', () => running.stdout().includes('held'));
  return running;
}

describe.each(lockModeNames)('lock mode %s', (mode) => {
  const excludesHost = locks[mode].scope === 'host';

  test(`${excludesHost ? 'excludes' : 'does not exclude'} other processes`, async () => {
    const path = newPath();
    const lock = await openLock(mode, path);
    const holder = await startHolder(mode, path);
    const section = lock.run(async () => 'ran', deadlineIn(excludesHost ? 300 : undefined));
    if (excludesHost) await expect(section).rejects.toThrow(LockTimeoutError);
    else expect(await section).toBe('ran');
    expect(holder.stdout()).toBe('held\n');
  });

  test(`${excludesHost ? 'loses no' : 'loses an'} increment when four processes count`, async () => {
    const path = newPath();
    writeFileSync(path, '0');
    const args = [mode, path, '100'];
    const counters = [1, 2, 3, 4].map(() =>
      start('test/programs/lock-counter', { args, input: 'open' }),
    );
    await until('all are ready', () => counters.every(({ stdout }) => stdout() === 'ready\n'));
    for (const { child } of counters) child.stdin?.write('go\n'); // so that they count at once
    const ended = await Promise.all(counters.map((each) => each.ended));
    const sum = Number(readFileSync(path, 'utf8'));
    if (excludesHost) {
      expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual(Array(4).fill([0, '']));
      expect(sum).toBe(400);
    } else {
      expect(sum).toBeLessThan(400);
    }
  });
});

const hostModes = lockModeNames.filter((name) => locks[name].scope === 'host');

describe.each(hostModes)('lock mode %s between processes', (mode) => {
  const isLease = mode === 'file';

  test('is granted after its holder was killed', async () => {
    const path = newPath();
    const lock = await openLock(mode, path);
    const holder = await startHolder(mode, path);
    holder.child.kill('SIGKILL');
    const killedAt = performance.now();
    await lock.run(async () => {}, deadlineIn());
    // A lease lasts until it is stale; a kernel lock is free at once.
    if (!isLease) expect(performance.now() - killedAt).toBeLessThan(STALE_MS);
  });

  test(`is ${isLease ? '' : 'not '}taken over from a stopped holder`, async () => {
    const path = newPath();
    const lock = await openLock(mode, path);
    const holder = await startHolder(mode, path);
    holder.child.kill('SIGSTOP');
    const longerThanALease = STALE_MS + DATED_AHEAD_MS + 500;
    const section = lock.run(async () => 'ran', deadlineIn(isLease ? undefined : longerThanALease));
    if (isLease) expect(await section).toBe('ran');
    else await expect(section).rejects.toThrow(LockTimeoutError);
  });

  test('is not granted to a waiter that gave up', async () => {
    const path = newPath();
    const lock = await openLock(mode, path);
    const first = await startHolder(mode, path, 700);
    // This process gives up long before the release; then a third process must get the lock.
    await expect(lock.run(neverRuns, deadlineIn(100))).rejects.toThrow(LockTimeoutError);
    await first.ended;
    const third = await startHolder(mode, path, 100);
    await third.ended;
    expect(third.stdout()).toBe('held\nfree\n');
    expect(await lock.run(async () => 'ran', deadlineIn())).toBe('ran');
  });

  test('is held in a section that is longer than a lease is trusted', async () => {
    // Long, so that a busy machine renews a lease in time.
    const staleMs = isLease ? 3 * STALE_MS : STALE_MS;
    const lock = await openLock(mode, newPath(), staleMs);
    await lock.run(async () => {
      for (const end = performance.now() + staleMs; performance.now() < end; await sleep(50)) {
        lock.assertHeld();
      }
    }, deadlineIn());
  });

  test('stays with a live holder for longer than a lease lasts', async () => {
    const path = newPath();
    const lock = await openLock(mode, path);
    const holder = await startHolder(mode, path, STALE_MS + 1000);
    await expect(lock.run(neverRuns, deadlineIn(STALE_MS + 500))).rejects.toThrow(LockTimeoutError);
    expect((await holder.ended).stdout).toBe('held\nfree\n');
  });
});
