import { expect, test } from 'vitest';
import { aRound } from './a-round.js';
import { expectBoundedWaits, sellByTwoClocks, wrongClock } from './rows/wrong-clock.js';

test('a clock that is an hour off delays nobody, and sells nothing twice', async () => {
  expect(await wrongClock.run(aRound())).toContain('a lease dated ahead 503');
});

test('json with a lease: it is stolen from a holder whom the clock makes look abandoned', async () => {
  const { verdict } = await sellByTwoClocks(aRound(), { store: 'json', mode: 'file' });
  expect(verdict.verdict).toBe('broken');
  expect(verdict.lostUpdates).toBeGreaterThan(0);
});

test('(a wait that is too long, and a buy without an answer, are seen)', () => {
  const buy = { sentAt: 0, at: 1 };
  expectBoundedWaits([
    { ...buy, status: 201 },
    { ...buy, status: 503 },
  ]);
  expect(() => expectBoundedWaits([{ ...buy, status: 0 }])).toThrow();
  expect(() => expectBoundedWaits([{ ...buy, status: 503, at: 5000 }])).toThrow();
});
