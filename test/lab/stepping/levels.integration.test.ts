import { readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { levels } from '../../../src/lab/stepping/levels.js';
import { until } from '../../support/processes.js';
import { openRun, play, processOf, whileIn } from './play.js';

const winnable = levels.filter(({ solution }) => solution !== undefined);

describe('levels', () => {
  test.each(winnable)('$level ($title) is won by its solution', async (each) => {
    const { level, variant, solution = '' } = each;
    const run = await openRun({ level, ...(variant === undefined ? {} : { variant }) });
    const status = await play(run, solution);
    expect(status.goal.reached, status.verdict.because).toBe(true);
    expect(status.lesson).toBeDefined();
  });

  test('5: a process that is held renews its lease; a stopped one does not', async () => {
    const run = await openRun({ level: 5 });
    await play(run, 'a a');
    const [folder = ''] = readdirSync(tmpdir()).filter((name) =>
      name.startsWith(`turnstile-lab-${process.pid}-`),
    );
    const renewedAt = () => statSync(join(tmpdir(), folder, 'tickets.json.lock')).mtimeMs;
    for (let time = 0; time < 3; time++) {
      const before = renewedAt();
      await until('the lease is renewed', () => renewedAt() !== before);
    }
    await play(run, 'stop a');
    const before = renewedAt();
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(renewedAt()).toBe(before);
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
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(processOf(await run.status(), 'b').state).toBe('waiting');
    await play(run, 'kill a');
    const freed = await whileIn('waiting', run, 'b');
    expect(freed.processes).toMatchObject([{ state: 'killed' }, { state: 'held', next: 'read' }]);
  });

  test('6 is not won by killing a process that does not hold the lock', async () => {
    const { goal, told } = await play(await openRun({ level: 6 }), 'kill a b b b b b b');
    expect([goal.reached, told]).toEqual([false, 1]);
  });

  test('8: two processes that lock in opposite order wait for each other', async () => {
    const { processes } = await play(await openRun({ level: 8 }), 'a b a b');
    expect(processes).toMatchObject([
      { state: 'waiting', holds: ['east'], waitingFor: 'west' },
      { state: 'waiting', holds: ['west'], waitingFor: 'east' },
    ]);
  });

  test.each(['a b a a a a b b b b', 'a a b a a a b b b b'])(
    '8 cannot be won if both lock in the same order: %s',
    async (steps) => {
      const run = await openRun({ level: 8, variant: 'sorted' });
      const { goal, state, told, verdict } = await play(run, steps);
      expect([goal.reached, state, told]).toEqual([false, 'done', 4]);
      expect(verdict).toEqual({ ruling: 'holds', because: '4 of 4 sold, each ticket once' });
    },
  );

  test('8 is not won with locks that exclude no other process', async () => {
    const run = await openRun({ level: 8 }, 'test/programs/seller-without-lock');
    const { goal, processes } = await play(run, 'a b a b');
    expect(goal.reached).toBe(false);
    expect(processes).toMatchObject([
      { state: 'held', next: 'sell', holds: ['east', 'west'] },
      { state: 'held', next: 'sell', holds: ['west', 'east'] },
    ]);
  });

  test('8: a process that locks twice waits for itself', async () => {
    const run = await openRun({ level: 8, variant: 'twice' });
    const { processes } = await play(run, 'a a');
    expect(processes[0]).toMatchObject({ state: 'waiting', holds: ['east'], waitingFor: 'east' });
  });
});
