import { describe, expect, test } from 'vitest';
import { run } from '../support/processes.js';
import { failingFileCalls } from './faults/failing-file-calls.js';
import { twoPrimaries } from './faults/two-primaries.js';
import { faults } from './faults.js';
import { testRound } from './round.js';

describe('a fault', () => {
  test.each([failingFileCalls, twoPrimaries])('$number: $fault', async (fault) => {
    expect(await fault.run(testRound())).not.toBe('');
  });
});

describe('npm run torture', () => {
  const torture = (...args: string[]) => run('test/torture/main', { args });

  test('runs one fault and exits with code 0 if everything held', async () => {
    const { code, stdout } = await torture('--fault', '10', '--minutes', '0', '--seed', '3');
    expect(stdout).toMatch(/^10 {2}held .+\n.+expected .+\n.+figures .+400 good.+\n\nHOLDS\n$/);
    expect(code).toBe(0);
  });

  test('has every fault, in order', () => {
    expect(faults.map(({ number }) => number)).toEqual(faults.map((_, index) => index + 1));
  });

  test.each([
    ['--fault', '99'],
    ['--row', '99'],
    ['--seed', 'x'],
  ])('rejects %s %s with exit code 2', async (...args) => {
    const { code, stderr } = await torture(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(args[0]);
  });
});
