import { readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { levels } from '../../../src/lab/stepping/levels.js';
import type { SteppedRun } from '../../../src/lab/stepping/stepped-run.js';
import type { SteppedStatus } from '../../../src/timeline/stepped-run.js';
import { until } from '../../support/processes.js';
import { openPlan, openRun, play, processOf, whileIn } from './play.js';

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
    const { goal, toldSold } = await play(await openRun({ level: 6 }), 'kill a b b b b b b');
    expect([goal.reached, toldSold]).toEqual([false, 1]);
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
      const { goal, state, toldSold, verdict } = await play(run, steps);
      expect([goal.reached, state, toldSold]).toEqual([false, 'done', 4]);
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

/** Plays some steps, and then those of B until it has ended. */
async function playOut(run: SteppedRun, steps: string): Promise<SteppedStatus> {
  let status = await play(run, steps);
  while (status.state === 'running') status = await play(run, 'b');
  return status;
}

const ofVerbs = levels.filter(({ verbs }) => verbs !== undefined);

describe('the levels of other verbs than buy', () => {
  test('are four', () => expect(ofVerbs.map(({ level }) => level)).toEqual([9, 10, 11, 12]));

  test.each(ofVerbs)(
    '$level cannot be won when one process follows the other',
    async ({ level }) => {
      const { goal, state, verdict } = await playOut(await openRun({ level }), 'a a a a');
      expect([goal.reached, state, verdict.ruling], verdict.because).toEqual([
        false,
        'done',
        'holds',
      ]);
    },
  );

  test.each(ofVerbs)('$level cannot be won with a lock', async (level) => {
    const run = await openPlan({ ...level, lockMode: 'kernel' });
    const { goal, state, verdict } = await playOut(run, 'a b a a a a a');
    expect([goal.reached, state, verdict.ruling], verdict.because).toEqual([
      false,
      'done',
      'holds',
    ]);
  });

  test('9: shows what each door believes, and what the verdict says', async () => {
    const run = await openRun({ level: 9 });
    const read = await play(run, 'a b');
    expect(read.processes.map(({ believes }) => believes)).toEqual([
      'ticket 1 is not used yet',
      'ticket 1 is not used yet',
    ]);
    const { processes, verdict, file } = await play(run, 'a b a b a b');
    expect(processes.map(({ believes }) => believes)).toEqual([
      'its door, north, let somebody in',
      'its door, south, let somebody in',
    ]);
    expect(verdict.because).toBe('tickets that let somebody in twice: 1');
    expect(JSON.parse(file?.text ?? '{}').events.gala.admitted).toEqual([[1, 1]]);
  });
});
