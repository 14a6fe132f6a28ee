import { expect, test } from 'vitest';
import { RunRate } from '../../src/lab/run-rate.js';

test('after a burst, one run a minute may start', () => {
  let now = 0;
  const rate = new RunRate(() => now);
  for (let run = 0; run < 5; run++) {
    expect(rate.secondsUntilNext(5)).toBe(0);
    rate.count();
  }
  expect(rate.secondsUntilNext(5)).toBe(60);
  expect(rate.secondsUntilNext(30)).toBe(0); // somebody on this machine may go on
  now = 45_000;
  expect(rate.secondsUntilNext(5)).toBe(15);
  now = 60_000;
  expect(rate.secondsUntilNext(5)).toBe(0);
  rate.count();
  expect(rate.secondsUntilNext(5)).toBe(60);
  now = 3_600_000;
  expect(rate.secondsUntilNext(1)).toBe(0);
});
