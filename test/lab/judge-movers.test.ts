import { describe, expect, test } from 'vitest';
import { judgeMovers, type MoversResult } from '../../src/lab/two-locks/judge-movers.js';

const movers = (changes: Partial<MoversResult>) =>
  judgeMovers({
    verb: 'sortedLocks',
    movers: 2,
    before: { east: 10, west: 0 },
    after: { east: 8, west: 2 },
    contention: true,
    deadlock: false,
    ...changes,
  });

describe('processes that need two locks', () => {
  test('hold if each of them moved its ticket', () => {
    expect(movers({})).toMatchObject({
      ruling: 'holds',
      because: 'both processes moved a ticket',
      rows: [
        ['processes', 2],
        ['moved a ticket', 2],
        ['gave up', 0],
      ],
    });
  });

  test('are broken if one of them gave up, or a ticket is missing', () => {
    const one = movers({ verb: 'oppositeLocks', after: { east: 9, west: 1 }, deadlock: true });
    expect([one.ruling, one.because]).toEqual([
      'broken',
      '1 of 2 processes gave up: each held the lock that the other one waited for',
    ]);
    const alone = movers({ verb: 'sameLock', movers: 1, after: { east: 10, west: 0 } });
    expect(alone.because).toBe('the process gave up: it waited for a lock that it held itself');
    expect(movers({ after: { east: 8, west: 1 } })).toMatchObject({
      ruling: 'broken',
      because: 'there were 10 tickets, and there are 9',
    });
  });

  test('prove nothing if they did not meet', () => {
    expect(movers({ contention: false }).ruling).toBe('inconclusive');
    expect(movers({ verb: 'oppositeLocks' }).ruling).toBe('inconclusive');
    // A process was so slow that the other one gave up, without a deadlock.
    const slow = movers({ after: { east: 9, west: 1 } });
    expect([slow.ruling, slow.because]).toEqual([
      'inconclusive',
      'a process waited too long for a lock',
    ]);
  });
});
