import { describe, expect, test } from 'vitest';
import { CoalescedRun } from '../../../src/store/shared/coalesced-run.js';

/** Work that the test ends, and that records its runs. */
function controlledWork() {
  const runs: number[] = [];
  const ends: { resolve: (run: number) => void; reject: (error: Error) => void }[] = [];
  const work = () =>
    new Promise<number>((resolve, reject) => {
      runs.push(runs.length + 1);
      ends.push({ resolve, reject });
    });
  return { work, runs, ends };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Whether a call during a run gets the next run. */
async function startsNextRun(
  newShared: (work: () => Promise<number>) => { run(): Promise<number> },
) {
  const { work, runs, ends } = controlledWork();
  const shared = newShared(work);
  const early = shared.run();
  await settle();
  const late = shared.run();
  ends[0]?.resolve(1);
  await early;
  await settle();
  ends[1]?.resolve(2);
  return (await late) === 2 && runs.length === 2;
}

describe('coalesced run', () => {
  test('never returns a run that began before the call', async () => {
    expect(await startsNextRun((work) => new CoalescedRun(work))).toBe(true);
  });

  test('would return an earlier run if all callers shared the current one', async () => {
    const eager = (work: () => Promise<number>) => {
      let running: Promise<number> | undefined;
      return {
        run() {
          running ??= work();
          return running;
        },
      };
    };
    expect(await startsNextRun(eager)).toBe(false);
  });

  test('shares one run between all calls made before it begins', async () => {
    const { work, runs, ends } = controlledWork();
    const shared = new CoalescedRun(work);
    const calls = [shared.run(), shared.run(), shared.run()];
    await settle();
    ends[0]?.resolve(1);
    expect(await Promise.all(calls)).toEqual([1, 1, 1]);
    expect(runs).toHaveLength(1);
  });

  test('shares the next run between all calls during a run, and never overlaps runs', async () => {
    const { work, runs, ends } = controlledWork();
    const shared = new CoalescedRun(work);
    const first = shared.run();
    await settle();
    const late = [shared.run(), shared.run()];
    await settle();
    expect(runs).toHaveLength(1); // not two at once
    ends[0]?.resolve(1);
    expect(await first).toBe(1);
    const between = shared.run(); // the first run is done, the second has not begun
    await settle();
    expect(runs).toHaveLength(2);
    ends[1]?.resolve(2);
    expect(await Promise.all([...late, between])).toEqual([2, 2, 2]);
  });

  test('rejects only the callers of a failed run, and runs again for the next', async () => {
    const { work, runs, ends } = controlledWork();
    const shared = new CoalescedRun(work);
    const failing = shared.run();
    await settle();
    const next = shared.run();
    ends[0]?.reject(new Error('no'));
    await expect(failing).rejects.toThrow('no');
    await settle();
    ends[1]?.resolve(2);
    expect(await next).toBe(2);
    expect(runs).toHaveLength(2);
  });

  test('needs two runs for a thousand callers', async () => {
    let runs = 0;
    const shared = new CoalescedRun(async () => {
      runs++;
      await settle();
    });
    const first = shared.run();
    await Promise.resolve();
    await Promise.all([first, ...Array.from({ length: 1000 }, () => shared.run())]);
    expect(runs).toBe(2);
  });
});
