import { describe, expect, test } from 'vitest';
import { run } from '../support/processes.js';
import { aRound } from './a-round.js';
import { failingFileCalls } from './rows/failing-file-calls.js';
import { twoPrimaries } from './rows/two-primaries.js';
import { rows } from './rows.js';

describe('a row of the torture', () => {
  test.each([failingFileCalls, twoPrimaries])('$number: $fault', async (row) => {
    expect(await row.run(aRound())).not.toBe('');
  });
});

describe('npm run torture', () => {
  const torture = (...args: string[]) => run('test/torture/main', { args });

  test('runs a row and exits 0 when it held', async () => {
    const { code, stdout } = await torture('--row', '10', '--minutes', '0', '--seed', '3');
    expect(stdout).toMatch(/^10 {2}held .+\n.+expected .+\n.+figures .+400 good.+\n\nHOLDS\n$/);
    expect(code).toBe(0);
  });

  test('has every row, in order', () => {
    expect(rows.map(({ number }) => number)).toEqual(rows.map((_, index) => index + 1));
  });

  test.each([
    ['--row', '99'],
    ['--seed', 'x'],
  ])('refuses %s %s', async (...args) => {
    expect((await torture(...args)).code).toBe(2);
  });
});
