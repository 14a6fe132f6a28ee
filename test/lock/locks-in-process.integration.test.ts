import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { LockTimeoutError } from '../../src/lock/lock-mode.js';
import { lockModeNames, locks } from '../../src/lock/registry.js';
import { deadlineIn, neverRuns, openLock } from './open-lock.js';

describe.each(lockModeNames)('lock mode %s', (mode) => {
  const excludes = locks[mode].scope !== 'nothing';

  test('returns the result of its section', async () => {
    const lock = await openLock(mode);
    expect(await lock.run(async () => 42, deadlineIn())).toBe(42);
  });

  test('is released when its section throws', async () => {
    const lock = await openLock(mode);
    const section = lock.run(() => Promise.reject(new Error('the section failed')), deadlineIn());
    await expect(section).rejects.toThrow('the section failed');
    expect(await lock.run(async () => 'next', deadlineIn())).toBe('next');
  });

  test(`${excludes ? 'runs one section of a process at a time' : 'runs the sections of a process all at once'}`, async () => {
    const lock = await openLock(mode);
    let running = 0;
    let most = 0;
    const section = async () => {
      most = Math.max(most, ++running);
      await sleep(2);
      running--;
    };
    await Promise.all(Array.from({ length: 20 }, () => lock.run(section, deadlineIn())));
    expect(most).toBe(excludes ? 1 : 20);
  });
});

const excludingModes = lockModeNames.filter((name) => locks[name].scope !== 'nothing');

describe.each(excludingModes)('lock mode %s that is held', (mode) => {
  test('rejects a section at its deadline, and never runs it', async () => {
    const lock = await openLock(mode);
    // Of two sections that request the lock at once, the second may get it first.
    let held: Promise<void> | undefined;
    let release = () => {};
    await new Promise<void>((resolve) => {
      held = lock.run(
        () =>
          new Promise((resolveSection) => {
            release = resolveSection;
            resolve();
          }),
        deadlineIn(),
      );
    });
    const requestedAt = performance.now();
    // It is rejected although the lock is held for as long as this test likes.
    await expect(lock.run(neverRuns, deadlineIn(200))).rejects.toThrow(LockTimeoutError);
    expect(performance.now() - requestedAt).toBeGreaterThan(190);
    release();
    await held;
    expect(await lock.run(async () => 'next', deadlineIn())).toBe('next');
  });
});
