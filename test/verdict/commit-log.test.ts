import { describe, expect, test } from 'vitest';
import { CommitLog } from '../../src/verdict/commit-log.js';
import type { ReferenceCommit, ReferenceOp } from '../../src/verdict/reference-log.js';
import { anEvent } from '../support/folder.js';
import { timeAfter } from './answers.js';

const hold = (id: string, quantity: number, left: number, seconds: number): ReferenceOp => ({
  op: 'hold',
  hold: id,
  event: 'a',
  customer: 'Ada',
  quantity,
  left,
  total: [1000 * quantity, 'EUR'],
  until: timeAfter(seconds),
});
const admit = (serial: number): ReferenceOp => ({ op: 'admit', event: 'a', serial, door: 'north' });
const sale = (first: number, left: number, held?: string): ReferenceOp => ({
  event: 'a',
  customer: 'Ada',
  quantity: 1,
  first,
  left,
  ...(held !== undefined && { hold: held }),
});

const logOf = (...commits: [seconds: number, ...ops: ReferenceOp[]][]): CommitLog =>
  new CommitLog({
    events: new Map([['a', anEvent(4)]]),
    keysRemembered: 100,
    commits: commits.map(
      ([seconds, ...ops], index): ReferenceCommit => ({
        version: index + 1,
        at: timeAfter(seconds),
        ops,
      }),
    ),
  });

describe('the states of a log', () => {
  test('know every number of remaining tickets, also if it returns', () => {
    const cancel: ReferenceOp = { op: 'cancel', event: 'a', first: 1, quantity: 1, left: 4 };
    const log = logOf([1, sale(1, 3)], [2, cancel], [3, sale(2, 3)]);
    expect(log.statesWithRemaining('a', 3)).toEqual([
      { from: 1, to: 1 },
      { from: 3, to: Number.POSITIVE_INFINITY },
    ]);
    expect(log.remainingAt('a', 2)).toBe(4);
    expect(log.brokenRules).toEqual([]);
  });

  test('show what a request was answered between two commits, when the time of a hold was over', () => {
    const ends: ReferenceOp = { op: 'expire', holds: ['h1', 'h2'] };
    const log = logOf([1, hold('h1', 1, 3, 5), hold('h2', 2, 1, 6)], [9, ends, sale(1, 3)]);
    // After the first of them, after both, and after the sale.
    expect([2, 3, 4, 5].map((state) => log.remainingAt('a', state))).toEqual([1, 2, 4, 3]);
    expect([2, 3, 4, 5].map((state) => log.versionAt(state))).toEqual([1, 1, 1, 2]);
    expect(log.stateAfter(2)).toBe(5);
  });

  test('follow the last commit with the holds that are left', () => {
    const log = logOf([1, hold('h1', 1, 3, 5)]);
    expect(log.hold('h1')).toMatchObject({ end: 'expired', madeAt: 1, endedAt: 2 });
    expect([log.lastVersion, log.stateAfter(1), log.lastState]).toEqual([1, 1, 2]);
  });
});

describe('a log is no reference', () => {
  test.each([
    ['ends hold h9 by time, but not at its time', [[1, { op: 'expire', holds: ['h9'] }]]],
    [
      'does not end hold h1 at its time',
      [
        [1, hold('h1', 1, 3, 2)],
        [3, sale(1, 3)],
      ],
    ],
    [
      'ends hold h1 by time, but not',
      [
        [1, hold('h1', 1, 3, 5)],
        [2, { op: 'expire', holds: ['h1'] }],
      ],
    ],
    ['leaves 2 of a, but 3 remain', [[1, sale(1, 2)]]],
    ['sells ticket 2 of a out of sequence', [[1, sale(2, 3)]]],
    ['ends hold h1, which is unknown', [[1, sale(1, 4, 'h1')]]],
  ] as [string, Parameters<typeof logOf>][])('that %s', (error, commits) => {
    expect(logOf(...commits).error).toContain(error);
  });
});

test('a hold that is confirmed late breaks one rule, and another one if it had ended', () => {
  const made = hold('h1', 1, 3, 5);
  const late = logOf([1, made], [5, sale(1, 3, 'h1')]);
  expect(late.brokenRules.map(({ rule }) => rule)).toEqual(['confirmedLate']);
  const ended = logOf([1, made], [5, { op: 'expire', holds: ['h1'] }], [6, sale(1, 4, 'h1')]);
  expect(ended.brokenRules.map(({ rule }) => rule)).toEqual(['endedTwice', 'confirmedLate']);
});

test('the time of indexing grows with the number of changes, whatever they do', () => {
  const ops = Array.from({ length: 50_000 }, (_, index) => [admit(1 + (index % 4))]);
  const start = process.cpuUsage();
  const log = logOf(
    [1, sale(1, 3)],
    ...ops.map((each): [number, ...ReferenceOp[]] => [2, ...each]),
  );
  expect(log.lastVersion).toBe(50_001);
  // About 0.2 s; with a pass over earlier changes for each, it would take minutes.
  expect(process.cpuUsage(start).user / 1e6).toBeLessThan(10);
});
