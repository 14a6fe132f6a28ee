import { describe, expect, test } from 'vitest';
import type { TimelineRun } from '../../src/timeline/highlighted-pair.js';
import { axisOfRun } from '../../src/timeline/layout.js';
import { stripsOf } from '../../src/timeline/state-strips.js';
import { batchOf, handoverRun, laneOf, lostUpdateRun } from './sample-runs.js';

const textsOf = (run: TimelineRun, kind: 'file' | 'lock'): string[] => {
  const axis = axisOfRun(run, { batches: 'pair', spacing: 'even', detail: 'full' });
  const strip = stripsOf(run, axis.instants).find((each) => each.kind === kind);
  return strip?.segments.map(({ text }) => text) ?? [];
};

describe('the strip of the file', () => {
  test('says what it says, and who wrote it: the second write looks like the first', () => {
    expect(textsOf(lostUpdateRun(), 'file')).toEqual([
      '5 left',
      '4 left, written by A',
      '4 left, written by B',
    ]);
  });
});

describe('the strip of the lock', () => {
  test('says who holds it, and when it is free', () => {
    expect(textsOf(handoverRun(), 'lock')).toEqual(['free', 'A', 'free', 'B', 'free']);
  });

  test('says that no process waits where there is none', () => {
    const run = lostUpdateRun();
    expect(textsOf(run, 'lock')).toEqual([]);
    expect(stripsOf(run, [0, 1])[1]?.title).toBe('no lock: no process waits');
  });

  test('has both holders of a mutex each, and of a stolen lease', () => {
    const run = lostUpdateRun();
    const mutex = { ...run, setting: { ...run.setting, lockMode: 'mutex' } } as const;
    expect(textsOf(mutex, 'lock')).toContain('A + B');
    expect(stripsOf(mutex, [0, 1])[1]?.title).toBe('own mutex held by');
  });

  test('stays with a dead holder where the lock is a file, and does not where it is the kernel’s', () => {
    const dead = batchOf('1:1', 0, [0, 5]);
    const spans = [{ kind: 'holding', start: 0.5, end: 2, unfinished: true }] as const;
    const lanes = [laneOf(1, { ...dead, spans }), laneOf(2, batchOf('2:1', 5, [0, 5], [1, 4]))];
    const highlight = { kind: 'recovery', first: '1:1', second: '2:1' } as const;
    const run = (lockMode: 'file' | 'kernel') => ({
      lanes,
      highlight,
      setting: { store: 'json', lockMode, capacity: 5 } as const,
    });
    expect(textsOf(run('file'), 'lock')).toEqual(['A', 'A (dead)', 'B', 'free']);
    const strip = stripsOf(run('file'), [0, 2, 5.5])[1];
    expect(strip?.segments.map(({ short }) => short)).toEqual(['A', 'A†']); // where there is little room
    expect(textsOf(run('kernel'), 'lock')).toEqual(['A', 'free', 'B', 'free']);
  });
});
