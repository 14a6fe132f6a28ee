import { describe, expect, test } from 'vitest';
import { RushDetector } from '../../src/app/rush-detector.js';

/** Whether there is a rush after a second in which so much was sold, and two processors had this to do. */
function rushAfter(sold: number, busyMs: number, idleMs: number): boolean {
  let [sales, busy, idle, at] = [1_000, 5_000, 7_000, 0];
  const times = (share: number) => ({
    times: { user: busy * share, sys: busy * share, nice: 0, irq: 0, idle: idle / 2 },
  });
  const rush = new RushDetector({
    sales: () => sales,
    processors: () => [times(0.25), times(0.25)],
    now: () => at,
  });
  expect(rush.isOn).toBe(false);
  [sales, busy, idle, at] = [sales + sold, busy + busyMs, idle + idleMs, 1_000];
  rush.look();
  return rush.isOn;
}

describe('a rush', () => {
  test.each([
    ['many orders and busy processors', 51, 1_420, 580, true],
    ['many orders, but time left', 5_000, 1_380, 620, false],
    ['busy processors, but few orders', 50, 2_000, 0, false],
    ['a worker that began to count again', -900, 2_000, 0, false],
    ['no times of the processors', 5_000, 0, 0, false],
  ])('%s', (_what, sold, busyMs, idleMs, isOn) => {
    expect(rushAfter(sold, busyMs, idleMs)).toBe(isOn);
  });

  test('is over when few buy again', () => {
    let [sales, at] = [0, 0];
    const processors = () => [{ times: { user: at, sys: 0, nice: 0, irq: 0, idle: 0 } }];
    const rush = new RushDetector({ sales: () => sales, processors, now: () => at });
    const looks = [400, 500, 505, 2_000].map((sold) => {
      at += 1_000;
      sales = sold;
      rush.look();
      return rush.isOn;
    });
    expect(looks).toEqual([true, true, false, true]);
  });
});
