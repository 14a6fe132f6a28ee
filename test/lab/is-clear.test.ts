import { expect, test } from 'vitest';
import { isClear } from '../../src/lab/experiment.js';
import { exampleRun } from '../timeline/example-run.js';

test('a run is repeated if it proved nothing, or one of several processes raced only itself', () => {
  const { lostUpdate, setting } = exampleRun;
  if (lostUpdate === undefined) throw new Error('the example must have a lost update');
  const { pid } = lostUpdate.erased;
  const within = { ...lostUpdate, erasing: { ...lostUpdate.erasing, pid } };
  const alone = { ...setting, workers: 1 };
  expect(isClear(exampleRun)).toBe(true);
  expect(isClear({ ...exampleRun, lostUpdate: within })).toBe(false);
  expect(isClear({ ...exampleRun, lostUpdate: within, setting: alone })).toBe(true);
  const verdict = { ruling: 'inconclusive', because: 'no race was seen' } as const;
  expect(isClear({ ...exampleRun, verdict })).toBe(false);
});
