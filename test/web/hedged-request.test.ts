import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hedge } from '../../src/web/hedged-request.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Attempts that never end, but for one. */
function attempts(answering: number) {
  const signals: AbortSignal[] = [];
  const attempt = (signal: AbortSignal): Promise<string> => {
    signals.push(signal);
    if (signals.length === answering) return Promise.resolve('alive');
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  };
  return { attempt, signals };
}

test('asks again where no answer comes, and ends what it does not need', async () => {
  const { attempt, signals } = attempts(2);
  const answer = hedge(attempt);
  await vi.advanceTimersByTimeAsync(599);
  expect(signals).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await answer).toBe('alive');
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});

test('asks once if the answer comes', async () => {
  const { attempt, signals } = attempts(1);
  expect(await hedge(attempt)).toBe('alive');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(signals).toHaveLength(1);
});

test('asks a bounded number of times', async () => {
  const { attempt, signals } = attempts(99);
  void hedge(attempt);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(signals).toHaveLength(4);
});

test('passes an error on', async () => {
  const failing = hedge(() => Promise.reject(new Error('429')));
  await expect(failing).rejects.toThrow('429');
});
