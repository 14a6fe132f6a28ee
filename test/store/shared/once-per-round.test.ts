import { setImmediate as nextRound } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { OncePerRound } from '../../../src/store/shared/once-per-round.js';

describe('work that is done once per round', () => {
  test('is shared by all calls of a round, and begins after the last of them', async () => {
    let value = 1;
    let runs = 0;
    const reads = new OncePerRound(async () => {
      runs++;
      return value;
    });
    const first = reads.run();
    await Promise.resolve(); // still the same round
    value = 2;
    const second = reads.run();
    expect(await Promise.all([first, second])).toEqual([2, 2]);
    expect(runs).toBe(1);
  });

  test('is done again for a call that comes once it has begun', async () => {
    let runs = 0;
    const reads = new OncePerRound(async () => {
      const run = ++runs;
      await nextRound();
      await nextRound();
      return run;
    });
    const first = reads.run();
    await nextRound();
    await nextRound();
    expect(runs).toBe(1);
    expect(await Promise.all([first, reads.run()])).toEqual([1, 2]);
  });

  test('gives its error to all, and goes on', async () => {
    let isBroken = true;
    const reads = new OncePerRound(async () => {
      if (isBroken) throw new Error('broken');
      return 'read';
    });
    const both = await Promise.allSettled([reads.run(), reads.run()]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isBroken = false;
    expect(await reads.run()).toBe('read');
  });
});
