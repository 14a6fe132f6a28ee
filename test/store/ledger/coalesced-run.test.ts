import { describe, expect, test } from 'vitest';
import { CoalescedRun } from '../../../src/store/shared/coalesced-run.js';

/** Work that goes on until it is told to end; it notes when it began. */
function controlled() {
  const begun: number[] = [];
  const ends: { resolve: (run: number) => void; reject: (error: Error) => void }[] = [];
  const work = () =>
    new Promise<number>((resolve, reject) => {
      begun.push(begun.length + 1);
      ends.push({ resolve, reject });
    });
  return { work, begun, ends };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Whether someone who asks while a run is under way gets another one. */
async function servesLate(newShared: (work: () => Promise<number>) => { run(): Promise<number> }) {
  const { work, begun, ends } = controlled();
  const shared = newShared(work);
  const early = shared.run();
  await settle();
  const late = shared.run();
  ends[0]?.resolve(1);
  await early;
  await settle();
  ends[1]?.resolve(2);
  return (await late) === 2 && begun.length === 2;
}

describe('a shared run', () => {
  test('is never one that began before it was asked for', async () => {
    expect(await servesLate((work) => new CoalescedRun(work))).toBe(true);
  });

  test('would be, if all shared the one that is under way', async () => {
    const eager = (work: () => Promise<number>) => {
      let running: Promise<number> | undefined;
      return {
        run() {
          running ??= work();
          return running;
        },
      };
    };
    expect(await servesLate(eager)).toBe(false);
  });

  test('serves all who ask before it begins', async () => {
    const { work, begun, ends } = controlled();
    const shared = new CoalescedRun(work);
    const asked = [shared.run(), shared.run(), shared.run()];
    await settle();
    ends[0]?.resolve(1);
    expect(await Promise.all(asked)).toEqual([1, 1, 1]);
    expect(begun).toHaveLength(1);
  });

  test('gives whoever asks while one is under way the next one, one at a time', async () => {
    const { work, begun, ends } = controlled();
    const shared = new CoalescedRun(work);
    const first = shared.run();
    await settle();
    const late = [shared.run(), shared.run()];
    await settle();
    expect(begun).toHaveLength(1); // not two at once
    ends[0]?.resolve(1);
    expect(await first).toBe(1);
    const between = shared.run(); // when the first is done and the second has not begun
    await settle();
    expect(begun).toHaveLength(2);
    ends[1]?.resolve(2);
    expect(await Promise.all([...late, between])).toEqual([2, 2, 2]);
  });

  test('tells a failure to its own callers, and begins anew for the next', async () => {
    const { work, begun, ends } = controlled();
    const shared = new CoalescedRun(work);
    const failing = shared.run();
    await settle();
    const next = shared.run();
    ends[0]?.reject(new Error('no'));
    await expect(failing).rejects.toThrow('no');
    await settle();
    ends[1]?.resolve(2);
    expect(await next).toBe(2);
    expect(begun).toHaveLength(2);
  });

  test('costs a thousand callers two runs', async () => {
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
