import { describe, expect, test } from 'vitest';
import { levels } from '../../../src/lab/stepping/levels.js';
import { openRun, play, processOf } from './play.js';

const winnable = levels.filter(({ solution }) => solution !== undefined);

describe('levels', () => {
  test.each(winnable)(
    '$level ($title) is won by its solution',
    async ({ level, solution = '' }) => {
      const status = await play(await openRun({ level }), solution);
      expect(status.goal.reached, status.verdict.because).toBe(true);
      expect(status.lesson).toBeDefined();
    },
  );

  test.each(['a a a a b b b', 'a a a b b b a'])(
    '1 is not won if the second process reads after the first wrote: %s',
    async (steps) => {
      const { state, goal, verdict, told, lesson, solution } = await play(
        await openRun({ level: 1 }),
        steps,
      );
      expect({ state, reached: goal.reached, told }).toEqual({
        state: 'done',
        reached: false,
        told: 1,
      });
      expect(verdict).toEqual({ ruling: 'holds', because: '1 of 1 sold, each ticket once' });
      expect([lesson, solution]).toEqual([expect.any(String), levels[0]?.solution]);
    },
  );

  test('4 cannot be won: the second process waits for the lock, and then reads what was written', async () => {
    const run = await openRun({ level: 4 });
    const waits = await play(run, 'a a b');
    expect(processOf(waits, 'b')).toMatchObject({ state: 'waiting', waitingFor: 'the lock' });
    expect(waits.lesson).toBeUndefined();
    const { pid } = processOf(waits, 'b');
    expect(await run.step(pid, 'step')).toEqual({
      kind: 'impossible',
      why: 'B waits for the lock',
    });
    const after = await play(run, 'a a a a');
    expect(processOf(after, 'b')).toMatchObject({
      state: 'held',
      next: 'read',
      holds: ['the lock'],
    });
    const ended = await play(run, 'b b b b');
    expect(processOf(ended, 'b')).toMatchObject({
      state: 'done',
      believes: 'its buyer was told "sold out"',
    });
    expect(ended).toMatchObject({ state: 'done', goal: { reached: false }, told: 1 });
    expect(ended.lesson).toMatch(/^It cannot be won: /);
    expect(ended.solution).toBeUndefined();
  });

  test('4 cannot be won by leaving a process held: it renews its lease', async () => {
    const run = await openRun({ level: 4 });
    const before = await play(run, 'a a b');
    await new Promise((resolve) => setTimeout(resolve, 3_500)); // a lease lasts 2 s
    expect(processOf(await run.status(), 'b')).toEqual(processOf(before, 'b'));
  });

  test('4 is won with a lock that excludes no other process', async () => {
    const run = await openRun({ level: 4 }, 'test/programs/seller-without-lock');
    const { goal, verdict } = await play(run, 'a b a b a b a b a b');
    expect(goal.reached).toBe(true);
    expect(verdict).toEqual({
      ruling: 'broken',
      because: '2 tickets were sold, and there was 1',
    });
  });

  test('4 has no stop, with which it could be won', async () => {
    const run = await openRun({ level: 4 });
    const { pid } = processOf(await run.status(), 'a');
    expect(await run.step(pid, 'stop')).toEqual({
      kind: 'impossible',
      why: 'This level has no stop: it takes step',
    });
  });

  test('6: a stopped holder keeps a kernel lock for longer than a lease lasts', async () => {
    const run = await openRun({ level: 6 });
    await play(run, 'a a stop a b');
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    expect(processOf(await run.status(), 'b').state).toBe('waiting');
    const freed = await play(run, 'kill a');
    expect(freed.processes).toMatchObject([{ state: 'killed' }, { state: 'held', next: 'read' }]);
  });
});
