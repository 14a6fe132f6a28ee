import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { run } from '../support/processes.js';
import { emptyTemp } from '../support/running-lab.js';

const play = (level: number, input: string, env = {}) =>
  run('src/cli/lab', { args: ['--level', String(level)], env, input });

describe('npm run lab -- --level', () => {
  test('plays a level from a pipe, prints each step, and exits 0 when the goal is reached', async () => {
    const env = emptyTemp();
    const { code, stdout, stderr } = await play(1, 'a b a b\na b\na b\n', env);
    const lines = stdout.replace(/\d{2,}/g, 'PID').split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'level 1: No lock',
      'json store, lock mode off, 1 ticket; processes A (PID) and B (PID)',
      'Goal: Sell the last ticket twice.',
      'Type a or b, and that process makes its next step; quit gives up.',
    ]);
    expect(lines.slice(7)).toEqual([
      '  A read: 1 ticket left (next: decide)',
      '  B read: 1 ticket left (next: decide)',
      '  A decided: it sells ticket 1, 0 left (next: write)',
      '  B decided: it sells ticket 1, 0 left (next: write)',
      '  A wrote (next: tell)',
      '  tickets.json says: 0 left',
      '  B wrote (next: tell)',
      '  tickets.json says: 0 left',
      '  A answered, and ended: its buyer has serial 1',
      '  B answered, and ended: its buyer has serial 1',
      '  The goal is reached.',
      '',
      'BROKEN: 2 tickets were sold, and there was 1.',
      'Goal reached: Sell the last ticket twice.',
      expect.stringContaining('what is missing is a lock'),
      '',
    ]);
    expect([code, stderr]).toEqual([0, '']);
    expect(readdirSync(env.TMPDIR)).toEqual([]);
  });

  test('waits for a process that waits for a lease, until the lease is stolen', async () => {
    const { code, stdout } = await play(5, 'a a a stop a b b b b b b continue a a a');
    // On a busy machine the lease is stale before B asks for it.
    expect(stdout).toMatch(/A was stopped\n( {2}B waits for the lock\n)? {2}B acquired the lock/);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Goal reached: Stop the holder')]);
  });

  test('shows a step that cannot be made, and exits 1 with the reason when the learner gives up', async () => {
    const { code, stdout } = await play(4, 'a b stop a quit a');
    expect(stdout).toContain('  B waits for the lock\n  This level has no stop: it takes step.\n');
    expect(stdout).toContain('Goal not reached: Sell the last ticket twice.\nIt cannot be won: ');
    expect(code).toBe(1);
  });

  test('shows the steps that win when the input ends before the goal is reached', async () => {
    const { code, stdout } = await play(2, 'a a a a b');
    expect(stdout).toContain('\nOne way: a b a b a b a b\n');
    expect(code).toBe(1);
  });

  test.each([
    [['--level', '99'], '', '--level is "99": it takes a whole number from 1 to '],
    [['--level', '1', '--mode', 'file'], '', 'a level determines its lockMode'],
    [['--level', '1', '--json'], '', '--level takes no --json'],
    [['--stepped', '--store', 'postgres'], '', 'a stepped run takes json, ledger'],
    [['--level', '1'], 'a b c', '"c" is no step: it takes a, b, stop a'],
  ])('exits 2 and prints why: %j, %j', async (args, input, message) => {
    const env = emptyTemp();
    const { code, stderr } = await run('src/cli/lab', { args, env, input });
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(readdirSync(env.TMPDIR)).toEqual([]);
  });
});
