import { expect, test } from 'vitest';
import { figureRows } from '../../src/timeline/figure-rows.js';
import type { Figures } from '../../src/timeline/report.js';
import { lostUpdateRun } from './sample-runs.js';

const { setting } = lostUpdateRun();
const figures: Figures = {
  buyers: 3,
  capacity: 5,
  toldSold: 3,
  toldSoldOut: 0,
  unknown: 0,
  remaining: 2,
  oversold: 0,
  duplicates: 0,
  lostUpdates: 0,
  withdrawn: 0,
  skipped: 0,
  seconds: 0.1,
  buysPerSecond: 1234.4,
  batches: 3,
  overtakings: 0,
};

const violationsIn = (changes: Partial<Figures>): string[] =>
  figureRows({ setting, figures: { ...figures, ...changes } })
    .filter(({ isViolation }) => isViolation)
    .map(({ name }) => name);

test('a run without a lock has no lock waits and omits figures that do not apply', () => {
  const rows = figureRows({ setting, figures });
  expect(rows.map(({ name }) => name)).toEqual([
    'toldSold',
    'toldSoldOut',
    'capacity',
    'remaining',
    'oversold',
    'duplicates',
    'lostUpdates',
    'buysPerSecond',
    'batches',
  ]);
  expect(rows.find(({ name }) => name === 'buysPerSecond')?.value).toBe('1,234');
});

test('waits, unknown answers, withdrawn tickets and skipped lines appear where there are any', () => {
  const lockWaitMs = { p50: 0.042, p99: 1234, max: 2000 };
  const rows = figureRows({
    setting: { ...setting, store: 'ledger' },
    figures: { ...figures, unknown: 1, withdrawn: 1, lockWaitMs },
  });
  expect(rows.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['unknown', 'withdrawn', 'skipped', 'overtakings']),
  );
  expect(rows.find(({ name }) => name === 'lockWaitMs')?.value).toBe('0.042 ms / 1,234 ms');
});

test('labels sales by buyers, or by tickets where a buyer wants several', () => {
  const label = (quantity: number) =>
    figureRows({ setting: { ...setting, quantity }, figures })[0]?.label;
  expect([label(1), label(2)]).toEqual(['buyers told "sold"', 'tickets told "sold"']);
});

test('marks what a correct run cannot have', () => {
  expect(violationsIn({})).toEqual([]);
  expect(violationsIn({ toldSold: 6, oversold: 1 })).toEqual(['toldSold', 'remaining', 'oversold']);
  expect(violationsIn({ remaining: 3 })).toEqual(['remaining']);
  expect(violationsIn({ duplicates: 1, lostUpdates: 1 })).toEqual(['duplicates', 'lostUpdates']);
});
