import { expect, test } from 'vitest';
import { expectBoundedWaits, sellByTwoClocks, wrongClock } from './faults/wrong-clock.js';
import { testRound } from './round.js';

test('a clock that is an hour off delays no buyer and sells nothing twice', async () => {
  expect(await wrongClock.run(testRound())).toContain('a lease dated in the future 503');
});

// With the look, only a theft between the look and the write breaks it.
test('negative control: json, file, without a look at the lease: it is stolen, and updates are lost', async () => {
  const { verdict } = await sellByTwoClocks(
    testRound(),
    { store: 'json', mode: 'file' },
    'test/programs/without-look',
  );
  expect(verdict.verdict).toBe('broken');
  expect(verdict.lostUpdates).toBeGreaterThan(0);
});

test('negative control: a long wait and a buy without an answer are detected', () => {
  const buy = { sentAt: 0, at: 1 };
  expectBoundedWaits([
    { ...buy, status: 201 },
    { ...buy, status: 503 },
  ]);
  expect(() => expectBoundedWaits([{ ...buy, status: 0 }])).toThrow();
  expect(() => expectBoundedWaits([{ ...buy, status: 503, at: 20_000 }])).toThrow();
});
