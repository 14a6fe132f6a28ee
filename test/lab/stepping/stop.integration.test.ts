import { afterEach, expect, test, vi } from 'vitest';
import { planStepped } from '../../../src/lab/stepping/plan-stepped.js';
import { SteppingProcess } from '../../../src/lab/stepping/stepping-process.js';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('a run that has ended is not killed by a number that other processes may have by then', async () => {
  const request = { level: 1 };
  const run = new SteppingProcess({ id: 'a', request }, planStepped(request));
  await run.started(45_000);
  run.stop();
  await run.exited;
  const kill = vi.spyOn(process, 'kill');
  vi.useFakeTimers();
  run.stop();
  vi.advanceTimersByTime(60_000);
  expect(kill).not.toHaveBeenCalled();
});
