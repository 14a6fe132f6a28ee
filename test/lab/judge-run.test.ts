import { describe, expect, test } from 'vitest';
import { defaults } from '../../src/lab/experiment-setting.js';
import { type JudgeRunInput, judgeRun } from '../../src/lab/judge-run.js';
import type { Figures } from '../../src/timeline/report.js';
import type { Verdict } from '../../src/verdict/judge.js';

const figures: Figures = {
  buyers: 200,
  capacity: 100,
  toldSold: 100,
  toldSoldOut: 100,
  unknown: 0,
  remaining: 0,
  oversold: 0,
  duplicates: 0,
  lostUpdates: 0,
  withdrawn: 0,
  skipped: 0,
  seconds: 1,
  buysPerSecond: 200,
  batches: 10,
  overtakings: 0,
};

const event = {
  id: 'run-1',
  capacity: 100,
  sold: 100,
  cancelled: 0,
  remaining: 0,
  oversold: 0,
  duplicates: 0,
};
const verdict: Verdict = {
  verdict: 'holds',
  version: 100,
  events: [event],
  lostUpdates: 0,
  withdrawn: 0,
  skipped: 0,
  stillOnSale: 0,
};
const good: JudgeRunInput = {
  setting: defaults,
  figures,
  verdict,
  contention: true,
  incomplete: false,
};

describe('judgeRun', () => {
  test('holds if every ticket was sold once and the processes contended', () => {
    expect(judgeRun(good)).toEqual({
      ruling: 'holds',
      because: '100 tickets sold of 100, each of them once',
    });
  });

  test.each([
    ['the processes did not contend', { contention: false }],
    ['the trace is incomplete', { incomplete: true }],
    ['nothing was sold', { verdict: { ...verdict, verdict: 'inconclusive' as const } }],
    ['there is no lock', { setting: { ...defaults, lockMode: 'off' as const } }],
    ['each process has its own mutex', { setting: { ...defaults, lockMode: 'mutex' as const } }],
  ])('is inconclusive if %s', (_why, change) => {
    expect(judgeRun({ ...good, ...change }).ruling).toBe('inconclusive');
  });

  test('needs no contention with one worker, or with the ledger without a lock', () => {
    const alone = { ...defaults, workers: 1, lockMode: 'mutex' as const };
    expect(judgeRun({ ...good, contention: false, setting: alone }).ruling).toBe('holds');
    const ledger = { ...defaults, store: 'ledger' as const, lockMode: 'off' as const };
    expect(judgeRun({ ...good, setting: ledger }).ruling).toBe('holds');
  });

  test('is broken if the store is, or if more tickets were confirmed than recorded', () => {
    const oversold = { ...figures, oversold: 7 };
    const broken = { ...verdict, verdict: 'broken' as const };
    expect(
      judgeRun({ ...good, figures: oversold, verdict: broken, contention: false }).ruling,
    ).toBe('broken');
    expect(judgeRun({ ...good, figures: { ...figures, toldSold: 101 } }).ruling).toBe('broken');
  });

  test('says what the file has left, and what it should have', () => {
    const run = {
      ...good,
      figures: { ...figures, buyers: 10, toldSold: 10, remaining: 99, duplicates: 9 },
      verdict: {
        ...verdict,
        verdict: 'broken' as const,
        events: [{ ...event, sold: 10, remaining: 99, duplicates: 9 }],
      },
    };
    expect(judgeRun(run).because).toBe(
      'the file has 99 left instead of 90, which is 100 − 10 sold',
    );
  });
});
