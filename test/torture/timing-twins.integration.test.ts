import { expect, test } from 'vitest';
import { aRound } from './a-round.js';
import { expectBounded, growthMb, overload } from './rows/overloaded.js';
import { expectFair, saturate } from './rows/saturated.js';

// The twins of what stands in `alone`. They are slow however fast the machine is.

test('an unfair lock is seen: long waits, and one worker that sells nearly all', async () => {
  const program = 'test/programs/selfish-office';
  const unfair = await saturate(aRound(), { store: 'ledger', mode: 'kernel', seconds: 2, program });
  expect(unfair.waitSeconds).toBeGreaterThan(0.25);
  expect(unfair.share).toBeLessThan(0.1);
  expect(() => expectFair(unfair)).toThrow();
});

test('an office without bounds is seen: it keeps buyers waiting, and it grows', async () => {
  const endless = await overload(aRound(), {
    seconds: 3,
    program: 'test/programs/hoarding-office',
    bounds: { QUEUE_MAX: '1000000', LOCK_TIMEOUT_MS: '7000' },
  });
  expect(endless.acceptedMs).toBeGreaterThan(4_000);
  expect(growthMb(endless)).toBeGreaterThan(100);
  await expect(expectBounded(endless)).rejects.toThrow();
});
