import { describe, expect, test } from 'vitest';
import { type Lock, LockTimeoutError } from '../../src/lock/lock-mode.js';
import { traceLock } from '../../src/telemetry/trace-lock.js';

/** A traced lock, and what it emitted, with the sections in between. */
function tracedLock(lock: Pick<Lock, 'run'> | undefined) {
  const trace: string[] = [];
  const withLock = traceLock(lock, (name) => trace.push(name));
  const section = async () => {
    trace.push('section');
    return 'result';
  };
  return { trace, withLock, section };
}

const free: Pick<Lock, 'run'> = { run: (section) => section() };
const held: Pick<Lock, 'run'> = { run: () => Promise.reject(new LockTimeoutError()) };

describe('traceLock', () => {
  test.each([
    ['with a lock', free],
    ['without a lock', undefined],
  ])('emits each step around the section %s, and returns its result', async (_, lock) => {
    const { trace, withLock, section } = tracedLock(lock);
    expect(await withLock(section, 0)).toBe('result');
    expect(trace).toEqual(['lockWanted', 'lockHeld', 'section', 'lockReleased']);
  });

  test.each([
    ['with a lock', free],
    ['without a lock', undefined],
  ])('emits lockReleased when the section fails %s', async (_, lock) => {
    const { trace, withLock } = tracedLock(lock);
    const failing = withLock(() => Promise.reject(new Error('the section failed')), 0);
    await expect(failing).rejects.toThrow('the section failed');
    expect(trace).toEqual(['lockWanted', 'lockHeld', 'lockReleased']);
  });

  test('emits lockRejected when the lock is not granted', async () => {
    const { trace, withLock, section } = tracedLock(held);
    await expect(withLock(section, 0)).rejects.toThrow(LockTimeoutError);
    expect(trace).toEqual(['lockWanted', 'lockRejected']);
  });

  test('passes the deadline to the lock', async () => {
    const deadlines: number[] = [];
    const lock: Pick<Lock, 'run'> = {
      run: (section, deadline) => {
        deadlines.push(deadline);
        return section();
      },
    };
    const { withLock, section } = tracedLock(lock);
    await withLock(section, 1234);
    expect(deadlines).toEqual([1234]);
  });
});
