import { expect, test } from 'vitest';
import { expectBounded, growthMb, overloadServer } from './faults/overload.js';
import { expectFair, saturate } from './faults/saturation.js';
import { testRound } from './round.js';

// The negative controls of the timing tests. They are slow on any machine, so they need not run alone.

test('an unfair lock is detected: long waits, and one worker sells nearly everything', async () => {
  const program = 'test/programs/unfair-lock';
  const options = { store: 'ledger', mode: 'kernel', seconds: 2, program } as const;
  const unfair = await saturate(testRound(), options);
  expect(unfair.waitSeconds).toBeGreaterThan(0.25);
  expect(unfair.share).toBeLessThan(0.1);
  expect(() => expectFair(unfair)).toThrow();
});

test('a server without bounds is detected: long waits and growing memory', async () => {
  const unbounded = await overloadServer(testRound(), {
    seconds: 3,
    program: 'test/programs/memory-leak',
    bounds: { QUEUE_MAX: '1000000', LOCK_TIMEOUT_MS: '7000' },
  });
  expect(unbounded.acceptedMs).toBeGreaterThan(4_000);
  expect(growthMb(unbounded)).toBeGreaterThan(100);
  await expect(expectBounded(unbounded)).rejects.toThrow();
});
