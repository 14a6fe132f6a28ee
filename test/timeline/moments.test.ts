import { expect, test } from 'vitest';
import { findHighlightedPair, type TimelineRun } from '../../src/timeline/highlighted-pair.js';
import { momentsOf } from '../../src/timeline/moments.js';
import { handoverRun, lostUpdateRun, overtakenRun } from './sample-runs.js';

function textsOf(run: TimelineRun, detail: 'simple' | 'full' = 'simple'): string[] {
  const pair = findHighlightedPair(run);
  if (pair === undefined) throw new Error('the run must have a pair');
  return momentsOf(pair, detail).map(({ text }) => text);
}

test('the moments of a lost update say every step, and that a write was erased', () => {
  const texts = textsOf(lostUpdateRun());
  expect(texts.filter((text) => !text.includes('waiting'))).toEqual([
    'A read 5 left',
    'B read 5 left',
    'A sold serial 1',
    'B sold serial 1',
    'A wrote 4 left',
    'B wrote 4 left, and erased what A had written',
  ]);
  expect(textsOf(lostUpdateRun(), 'full').length).toBeGreaterThan(texts.length);
});

test('the moments of a handover say whose write was read', () => {
  expect(textsOf(handoverRun())).toContain('B read 4 left, which A had written');
});

test('the moments of an overtaken write say that it does not count', () => {
  expect(textsOf(overtakenRun())).toContain(
    'B wrote version 1, which does not count: A came first',
  );
});
