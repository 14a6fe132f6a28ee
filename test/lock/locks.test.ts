import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Lock, LockTimeoutError } from '../../src/lock/lock-mode.js';
import { type LockModeName, lockModeNames, locks } from '../../src/lock/registry.js';
import { testFolder } from '../support/folder.js';
import { run, start, until } from '../support/processes.js';

const STALE_MS = 2000;
/** proper-lockfile dates the first lease of a process up to a second ahead, to probe the clock of the disk. */
const FIRST_MS = 1005;

const soon = (ms = 5000): number => performance.now() + ms;
const never = () => Promise.reject(new Error('this section must not begin'));

async function openLock(mode: LockModeName, path = newPath()): Promise<Lock> {
  const lock = await locks[mode].open({ path, staleMs: STALE_MS, onWarning: () => {} });
  onTestFinished(() => lock.close());
  return lock;
}

const newPath = (): string => join(testFolder(), 'tickets.json');

/** A process that holds the lock, from when this resolves. */
async function holder(mode: LockModeName, path: string, holdMs = 60_000) {
  const args = [mode, path, String(holdMs), String(STALE_MS), '10000'];
  const running = start('test/programs/lock-holder', { args });
  onTestFinished(() => void running.child.kill('SIGKILL'));
  await until('the other process holds the lock', () => running.stdout().includes('held'));
  return running;
}

describe.each(lockModeNames)('lock mode %s', (mode) => {
  const { scope } = locks[mode];
  const excludes = scope !== 'nothing';
  const excludesHost = scope === 'host';

  test('answers what its section answers', async () => {
    const lock = await openLock(mode);
    expect(await lock.run(async () => 42, soon())).toBe(42);
  });

  test('is free again when its section throws', async () => {
    const lock = await openLock(mode);
    const section = lock.run(() => Promise.reject(new Error('the section failed')), soon());
    await expect(section).rejects.toThrow('the section failed');
    expect(await lock.run(async () => 'next', soon(100))).toBe('next');
  });

  test(`${excludes ? 'keeps' : 'does not keep'} sections of one process apart`, async () => {
    const lock = await openLock(mode);
    let inside = 0;
    let most = 0;
    const section = async () => {
      most = Math.max(most, ++inside);
      await sleep(2);
      inside--;
    };
    await Promise.all(Array.from({ length: 20 }, () => lock.run(section, soon())));
    expect(most).toBe(excludes ? 1 : 20);
  });

  test(`${excludesHost ? 'keeps' : 'does not keep'} processes apart`, async () => {
    const path = newPath();
    const lock = await openLock(mode, path);
    const other = await holder(mode, path);
    const mine = lock.run(async () => 'mine', soon(300));
    if (excludesHost) await expect(mine).rejects.toThrow(LockTimeoutError);
    else expect(await mine).toBe('mine');
    expect(other.stdout()).toBe('held\n');
  });

  test(`four processes that add to one number ${excludesHost ? 'lose nothing' : 'lose additions'}`, async () => {
    const path = newPath();
    writeFileSync(path, '0');
    const args = [mode, path, '100'];
    const ended = await Promise.all(
      [1, 2, 3, 4].map(() => run('test/programs/lock-counter', { args })),
    );
    const sum = Number(readFileSync(path, 'utf8'));
    if (excludesHost) {
      expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual(Array(4).fill([0, '']));
      expect(sum).toBe(400);
    } else {
      expect(sum).toBeLessThan(400);
    }
  });
});

describe.each(lockModeNames.filter((name) => locks[name].scope !== 'nothing'))('%s', (mode) => {
  test('gives up waiting at the deadline, and the section never begins', async () => {
    const lock = await openLock(mode);
    // Asked for in one breath, the second may be first.
    let held: Promise<void> | undefined;
    await new Promise<void>((begun) => {
      held = lock.run(async () => {
        begun();
        await sleep(600);
      }, soon());
    });
    const askedAt = performance.now();
    await expect(lock.run(never, soon(200))).rejects.toThrow(LockTimeoutError);
    const waitedMs = performance.now() - askedAt;
    expect(waitedMs).toBeGreaterThan(190);
    expect(waitedMs).toBeLessThan(450);
    await held;
    expect(await lock.run(async () => 'next', soon(300))).toBe('next');
  });
});

describe.each(lockModeNames.filter((name) => locks[name].scope === 'host'))('%s', (mode) => {
  const isLease = mode === 'file';

  test('outlives its holder', async () => {
    const path = newPath();
    const lock = await openLock(mode, path);
    const other = await holder(mode, path);
    other.child.kill('SIGKILL');
    const killedAt = performance.now();
    await lock.run(async () => {}, soon());
    expect(performance.now() - killedAt).toBeLessThan(isLease ? STALE_MS + FIRST_MS + 500 : 500);
  });

  test(`of a holder that is only stopped ${isLease ? 'is taken over' : 'is not stolen'}`, async () => {
    const path = newPath();
    const lock = await openLock(mode, path);
    const other = await holder(mode, path);
    other.child.kill('SIGSTOP');
    const mine = lock.run(async () => 'mine', soon(STALE_MS + FIRST_MS + 500));
    if (isLease) expect(await mine).toBe('mine');
    else await expect(mine).rejects.toThrow(LockTimeoutError);
  });

  test('is not kept by one that gave up waiting', async () => {
    const path = newPath();
    const lock = await openLock(mode, path);
    const first = await holder(mode, path, 700);
    // We give up long before the first one lets go; then it must go to a third one, not to us.
    await expect(lock.run(never, soon(100))).rejects.toThrow(LockTimeoutError);
    await first.ended;
    const third = await holder(mode, path, 100);
    await third.ended;
    expect(third.stdout()).toBe('held\nfree\n');
    expect(await lock.run(async () => 'mine', soon())).toBe('mine');
  });

  test('keeps its holder even when it holds for longer than a lease lasts', async () => {
    const path = newPath();
    const lock = await openLock(mode, path);
    const other = await holder(mode, path, STALE_MS + 1000);
    await expect(lock.run(never, soon(STALE_MS + 500))).rejects.toThrow(LockTimeoutError);
    expect((await other.ended).stdout).toBe('held\nfree\n');
  });
});
